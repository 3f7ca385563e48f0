package main

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi/sdk/v3/go/property"
	"golang.org/x/crypto/ssh"
)

func TestARemoteCommandGetsStdinAndEnvironmentAndKeepsItsOutputs(t *testing.T) {
	server := startServer(t)
	server.accept("WHO")
	state := mustCreate(t, remoteToken, values{
		"connection": connectionTo(server, nil), "create": text("cat; echo \" $WHO\"; echo err >&2"),
		"stdin": text("in"), "environment": object(values{"WHO": text("ann")}),
	})
	wantText(t, state, "stdout", "in ann")
	wantText(t, state, "stderr", "err")
	if !state.Get("connection").Secret() {
		t.Error("the connection is not a secret in the state")
	}
}

func TestAVariableThatTheServerRefusesIsNamed(t *testing.T) {
	_, err := create(t, remoteToken, values{
		"connection": connectionTo(startServer(t), nil), "create": text("true"),
		"environment": object(values{"WHO": text("some-value")}),
	})
	wantError(t, err, "WHO", "AcceptEnv")
	wantNowhere(t, err, "some-value")
}

func TestUpdateAndDeleteRunRemotelyWithTheLastOutputWhereItIsAccepted(t *testing.T) {
	for _, accepted := range []bool{true, false} {
		server := startServer(t)
		if accepted {
			server.accept("PULUMI_COMMAND_STDOUT")
		}
		inputs := values{
			"connection": connectionTo(server, nil), "create": text("echo one"),
			"update": text("echo [$PULUMI_COMMAND_STDOUT]"), "delete": text(": bye"),
		}
		state := mustCreate(t, remoteToken, inputs)
		state, err := update(t, remoteToken, state, inputs)
		if err != nil {
			t.Fatal(err)
		}
		wantText(t, state, "stdout", map[bool]string{true: "[one]", false: "[]"}[accepted])
		if err := remove(t, remoteToken, state); err != nil {
			t.Fatal(err)
		}
		if got := server.ran(); !slices.Equal(got, []string{"echo one", "echo [$PULUMI_COMMAND_STDOUT]", ": bye"}) {
			t.Errorf("ran %q", got)
		}
	}
}

func TestARemoteFailureNamesTheHostAndHidesSecrets(t *testing.T) {
	server := startServer(t)
	_, err := create(t, remoteToken, values{
		"connection": connectionTo(server, nil), "create": text("cat >&2; echo " + testPassword + "; exit 4"),
		"stdin": text("a-secret-line"), "logging": text("stdoutAndStderr"),
	})
	wantError(t, err, "create on 127.0.0.1:", "status 4", masked)
	wantNowhere(t, err, "a-secret-line", testPassword)
}

func TestAPreviewDialsNobody(t *testing.T) {
	server := startServer(t)
	_, err := started(t).Create(context.Background(), p.CreateRequest{
		Urn: urn(remoteToken), DryRun: true,
		Properties: property.NewMap(values{"connection": connectionTo(server, nil), "create": text("true")}),
	})
	if err != nil || server.count() != 0 {
		t.Errorf("%d dials, %v", server.count(), err)
	}
}

func TestThePinnedHostKeyIsAcceptedAmongOthers(t *testing.T) {
	server := startServer(t)
	for _, signer := range server.hostKeys {
		pinned := string(ssh.MarshalAuthorizedKey(signer.PublicKey()))
		mustCreate(t, remoteToken, values{
			"connection": connectionTo(server, values{"hostKey": text(pinned)}), "create": text("true"),
		})
	}
}

func TestAnotherHostKeyIsRefusedAtOnce(t *testing.T) {
	server := startServer(t)
	other := string(ssh.MarshalAuthorizedKey(newKey(t).public()))
	_, err := create(t, remoteToken, values{
		"connection": connectionTo(server, values{"hostKey": text(other), "dialErrorLimit": property.New(5.0)}),
		"create":     text("true"),
	})
	wantError(t, err, "host key mismatch", "127.0.0.1:")
	if n := server.count(); n != 1 {
		t.Errorf("%d dials", n)
	}
	if ran := server.ran(); len(ran) != 0 {
		t.Errorf("ran %q", ran)
	}
}

func TestAHostKeyThatIsNoneIsRefused(t *testing.T) {
	_, err := create(t, remoteToken, values{
		"connection": connectionTo(startServer(t), values{"hostKey": text("AAAA")}), "create": text("true"),
	})
	wantError(t, err, "hostKey", "AAAA", "ssh-ed25519")
}

func TestWithoutAHostKeyTheServerIsNotChecked(t *testing.T) {
	mustCreate(t, remoteToken, values{
		"connection": connectionTo(startServer(t), values{"hostKey": property.Value{}}), "create": text("true"),
	})
}

func TestEachWayToLogInWorks(t *testing.T) {
	k := newKey(t)
	server := startServer(t, k.public())
	none := property.Value{}
	for name, extra := range map[string]values{
		"password":                       {},
		"key":                            {"password": none, "privateKey": text(k.file(t, ""))},
		"encrypted key":                  {"password": none, "privateKey": text(k.file(t, "pw")), "privateKeyPassword": text("pw")},
		"agent":                          {"password": none, "agentSocketPath": text(startAgent(t, k))},
		"agent after a key that is none": {"password": none, "privateKey": text(newKey(t).file(t, "")), "agentSocketPath": text(startAgent(t, k))},
		"password after a wrong key":     {"privateKey": text(newKey(t).file(t, ""))},
	} {
		t.Run(name, func(t *testing.T) {
			mustCreate(t, remoteToken, values{"connection": connectionTo(server, extra), "create": text("true")})
		})
	}
}

func TestTheAgentOfTheEnvironmentIsUsed(t *testing.T) {
	k := newKey(t)
	server, provider := startServer(t, k.public()), started(t)
	t.Setenv("SSH_AUTH_SOCK", startAgent(t, k))
	_, err := provider.Create(context.Background(), p.CreateRequest{Urn: urn(remoteToken), Properties: property.NewMap(values{
		"connection": connectionTo(server, values{"password": property.Value{}}), "create": text("true"),
	})})
	if err != nil {
		t.Error(err)
	}
}

func TestAnAgentOfTheEnvironmentThatIsGoneDoesNoHarmBesideAPassword(t *testing.T) {
	server, provider := startServer(t), started(t)
	t.Setenv("SSH_AUTH_SOCK", filepath.Join(t.TempDir(), "gone"))
	_, err := provider.Create(context.Background(), p.CreateRequest{Urn: urn(remoteToken), Properties: property.NewMap(values{
		"connection": connectionTo(server, nil), "create": text("true"),
	})})
	if err != nil {
		t.Error(err)
	}
}

func TestAFailedLogInIsNotTriedAgainAndShowsNoSecret(t *testing.T) {
	server := startServer(t)
	key := newKey(t).file(t, "")
	_, err := create(t, remoteToken, values{
		"connection": connectionTo(server, values{
			"password": text("wrong-password"), "privateKey": text(key), "dialErrorLimit": property.New(5.0),
		}),
		"create": text("true"),
	})
	wantError(t, err, "unable to authenticate", "127.0.0.1:")
	wantNowhere(t, err, "wrong-password", "PRIVATE KEY")
	if n := server.count(); n != 1 {
		t.Errorf("%d dials", n)
	}
}

func TestABrokenKeyIsNotShown(t *testing.T) {
	_, err := create(t, remoteToken, values{
		"connection": connectionTo(startServer(t), values{"privateKey": text("-----BEGIN not-a-key-at-all")}), "create": text("true"),
	})
	wantError(t, err, "privateKey cannot be read")
	wantNowhere(t, err, "not-a-key-at-all")
}

func TestAnEncryptedKeyWithoutItsPasswordSaysSo(t *testing.T) {
	_, err := create(t, remoteToken, values{
		"connection": connectionTo(startServer(t), values{"privateKey": text(newKey(t).file(t, "pw"))}), "create": text("true"),
	})
	wantError(t, err, "privateKeyPassword")
}

func TestFailedDialsAreCountedAndTheLimitIsOfErrorsForgiven(t *testing.T) {
	for limit, dropped := range map[float64]int{0: 0, 2: 2, -1: 4} {
		server := startServer(t)
		server.drop(dropped)
		mustCreate(t, remoteToken, values{
			"connection": connectionTo(server, values{"dialErrorLimit": property.New(limit)}), "create": text("true"),
		})
		if n := server.count(); n != dropped+1 {
			t.Errorf("limit %v: %d dials, want %d", limit, n, dropped+1)
		}
	}
}

func TestAfterTheLimitTheErrorSaysHowOftenItWasTried(t *testing.T) {
	server := startServer(t)
	server.drop(100)
	_, err := create(t, remoteToken, values{
		"connection": connectionTo(server, values{"dialErrorLimit": property.New(2.0)}), "create": text("true"),
	})
	wantError(t, err, "after 3 failed attempts")
	if n := server.count(); n != 3 {
		t.Errorf("%d dials", n)
	}
}

func TestAServerThatSaysNothingIsGivenUpAfterPerDialTimeout(t *testing.T) {
	silent := startSilentServer(t)
	start := time.Now()
	_, err := create(t, remoteToken, values{
		"connection": object(values{
			"host": text("127.0.0.1"), "port": property.New(silent), "password": text("x"),
			"dialErrorLimit": property.New(0.0), "perDialTimeout": property.New(1.0),
		}),
		"create": text("true"),
	})
	wantError(t, err, "no SSH connection within 1s")
	if took := time.Since(start); took > 5*time.Second {
		t.Errorf("it took %s", took)
	}
}

func TestCancellingEndsTheWaitForAServer(t *testing.T) {
	silent := startSilentServer(t)
	ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
	defer cancel()
	start := time.Now()
	_, err := started(t).Create(ctx, p.CreateRequest{Urn: urn(remoteToken), Properties: property.NewMap(values{
		"connection": object(values{
			"host": text("127.0.0.1"), "port": property.New(silent), "password": text("x"),
			"dialErrorLimit": property.New(-1.0), "perDialTimeout": property.New(0.0),
		}),
		"create": text("true"),
	})})
	wantError(t, err, "deadline exceeded")
	if took := time.Since(start); took > 5*time.Second {
		t.Errorf("it took %s", took)
	}
}

func TestCancellingEndsARunningCommand(t *testing.T) {
	server := startServer(t)
	ready := filepath.Join(t.TempDir(), "ready")
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		for _, err := os.Stat(ready); err != nil; _, err = os.Stat(ready) {
			time.Sleep(time.Millisecond)
		}
		cancel()
	}()
	start := time.Now()
	_, err := started(t).Create(ctx, p.CreateRequest{Urn: urn(remoteToken), Properties: property.NewMap(values{
		"connection": connectionTo(server, nil), "create": text("touch " + ready + "; exec sleep 20"),
	})})
	wantError(t, err, "context canceled")
	if took := time.Since(start); took > 10*time.Second {
		t.Errorf("it took %s", took)
	}
}

func TestAProxyIsGoneThrough(t *testing.T) {
	proxy, server := startServer(t), startServer(t)
	proxyMap := connectionTo(proxy, nil).AsMap()
	state := mustCreate(t, remoteToken, values{
		"connection": connectionTo(server, values{"proxy": property.New(proxyMap)}), "create": text("echo there"),
	})
	wantText(t, state, "stdout", "there")
	if len(proxy.proxied) != 1 || len(proxy.ran()) != 0 || len(server.ran()) != 1 {
		t.Errorf("proxied %v, proxy ran %v, server ran %v", proxy.proxied, proxy.ran(), server.ran())
	}
}

func TestAProxyThatIsNotWhatItShouldBeIsNamed(t *testing.T) {
	proxy, server := startServer(t), startServer(t)
	other := text(string(ssh.MarshalAuthorizedKey(newKey(t).public())))
	_, err := create(t, remoteToken, values{
		"connection": connectionTo(server, values{"proxy": property.New(connectionTo(proxy, values{"hostKey": other}).AsMap())}),
		"create":     text("true"),
	})
	wantError(t, err, "proxy 127.0.0.1:", "host key mismatch")
	if server.count() != 0 {
		t.Error("the server behind it was dialled")
	}
}

func TestAConnectionThatDiesIsClosed(t *testing.T) {
	server := startServer(t)
	endpoint := Endpoint{Host: "127.0.0.1", Port: ptr(server.port()), User: ptr(testUser), Password: ptr(testPassword)}
	t.Setenv("SSH_AUTH_SOCK", "")
	relay, freeze := startRelay(t, int(server.port()))
	endpoint.Port = ptr(float64(relay))
	c, err := dial(context.Background(), Connection{Endpoint: endpoint})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	freeze()
	ended := make(chan struct{})
	go func() { c.Wait(); close(ended) }()
	go closeWhenDead(c.Client, 50*time.Millisecond)
	select {
	case <-ended:
	case <-time.After(10 * time.Second):
		t.Error("it was waited for without end")
	}
}

func TestBadNumbersOfAConnectionAreFoundBeforeAnythingIsDialled(t *testing.T) {
	failures := check(t, remoteToken, values{"create": text("true"), "connection": object(values{
		"host": text("h"), "port": property.New(70000.0), "dialErrorLimit": property.New(-2.0), "perDialTimeout": property.New(-1.0),
		"proxy": object(values{"host": text("p"), "port": property.New(-1.0)}),
	})})
	var properties []string
	for _, f := range failures {
		properties = append(properties, f.Property)
	}
	want := "connection.port connection.dialErrorLimit connection.perDialTimeout connection.proxy.port"
	if got := strings.Join(properties, " "); got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
}

func ptr[T any](v T) *T { return &v }
