package main

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/binary"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/agent"
)

// sshServer is an SSH server on loopback that runs what it is told with /bin/sh, copies files, and
// lets itself be used as a proxy.
type sshServer struct {
	listener net.Listener
	config   *ssh.ServerConfig
	hostKeys []ssh.Signer

	mu       sync.Mutex
	dials    int             // connections so far
	dropped  int             // so many of them are closed at once
	accepts  map[string]bool // variables of the environment that are accepted
	commands []string        // what was run
	proxied  []string        // where it was used to go to
}

const (
	testUser     = "ann"
	testPassword = "correct-horse"
)

// startServer takes the password above and the public keys that it is given.
func startServer(t *testing.T, authorized ...ssh.PublicKey) *sshServer {
	t.Helper()
	s := &sshServer{accepts: map[string]bool{}}
	s.config = &ssh.ServerConfig{
		PasswordCallback: func(c ssh.ConnMetadata, password []byte) (*ssh.Permissions, error) {
			if c.User() == testUser && string(password) == testPassword {
				return nil, nil
			}
			return nil, errors.New("no")
		},
		PublicKeyCallback: func(c ssh.ConnMetadata, key ssh.PublicKey) (*ssh.Permissions, error) {
			for _, a := range authorized {
				if c.User() == testUser && string(a.Marshal()) == string(key.Marshal()) {
					return nil, nil
				}
			}
			return nil, errors.New("no")
		},
	}
	ed := newKey(t)
	s.hostKeys = []ssh.Signer{rsaSigner(), ed.signer} // a client that does not ask gets another than ed25519
	for _, k := range s.hostKeys {
		s.config.AddHostKey(k)
	}
	var err error
	if s.listener, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.listener.Close() })
	go s.serve()
	return s
}

// hostKey is the ed25519 key in the form of authorized_keys.
func (s *sshServer) hostKey() string {
	return string(ssh.MarshalAuthorizedKey(s.hostKeys[1].PublicKey()))
}

func (s *sshServer) port() float64 { return float64(s.listener.Addr().(*net.TCPAddr).Port) }

func (s *sshServer) serve() {
	for {
		conn, err := s.listener.Accept()
		if err != nil {
			return
		}
		s.mu.Lock()
		s.dials++
		drop := s.dials <= s.dropped
		s.mu.Unlock()
		if drop {
			conn.Close()
			continue
		}
		go s.connection(conn)
	}
}

func (s *sshServer) connection(conn net.Conn) {
	defer conn.Close()
	server, channels, requests, err := ssh.NewServerConn(conn, s.config)
	if err != nil {
		return
	}
	defer server.Close()
	go ssh.DiscardRequests(requests)
	for c := range channels {
		switch c.ChannelType() {
		case "session":
			if channel, requests, err := c.Accept(); err == nil {
				go s.session(channel, requests)
			}
		case "direct-tcpip":
			go s.forward(c)
		default:
			c.Reject(ssh.UnknownChannelType, "")
		}
	}
}

func (s *sshServer) session(channel ssh.Channel, requests <-chan *ssh.Request) {
	defer channel.Close()
	env := os.Environ()
	for r := range requests {
		switch r.Type {
		case "env":
			var v struct{ Name, Value string }
			ssh.Unmarshal(r.Payload, &v)
			s.mu.Lock()
			accepted := s.accepts[v.Name]
			s.mu.Unlock()
			if accepted {
				env = append(env, v.Name+"="+v.Value)
			}
			r.Reply(accepted, nil)
		case "exec":
			var v struct{ Command string }
			ssh.Unmarshal(r.Payload, &v)
			r.Reply(true, nil)
			s.mu.Lock()
			s.commands = append(s.commands, v.Command)
			s.mu.Unlock()
			run(channel, v.Command, env)
			return
		case "subsystem":
			r.Reply(true, nil)
			if server, err := sftp.NewServer(channel); err == nil {
				server.Serve()
			}
			return
		default:
			r.Reply(false, nil)
		}
	}
}

func run(channel ssh.Channel, command string, env []string) {
	process := exec.Command("/bin/sh", "-c", command)
	process.Env, process.Stdin = env, channel
	process.Stdout, process.Stderr = channel, channel.Stderr()
	var status [4]byte
	if err := process.Run(); err != nil {
		code := uint32(255)
		if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
			code = uint32(exit.ExitCode())
		}
		binary.BigEndian.PutUint32(status[:], code)
	}
	channel.SendRequest("exit-status", false, status[:])
}

func (s *sshServer) forward(c ssh.NewChannel) {
	var to struct {
		Host     string
		Port     uint32
		From     string
		FromPort uint32
	}
	ssh.Unmarshal(c.ExtraData(), &to)
	address := net.JoinHostPort(to.Host, fmt.Sprint(to.Port))
	target, err := net.Dial("tcp", address)
	if err != nil {
		c.Reject(ssh.ConnectionFailed, err.Error())
		return
	}
	defer target.Close()
	channel, requests, err := c.Accept()
	if err != nil {
		return
	}
	defer channel.Close()
	s.mu.Lock()
	s.proxied = append(s.proxied, address)
	s.mu.Unlock()
	go ssh.DiscardRequests(requests)
	go func() { io.Copy(target, channel); target.Close() }()
	io.Copy(channel, target)
}

// drop closes the first n connections at once.
func (s *sshServer) drop(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.dropped = n
}

// accept lets clients set a variable of the environment.
func (s *sshServer) accept(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.accepts[name] = true
}

func (s *sshServer) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.dials
}

func (s *sshServer) ran() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string{}, s.commands...)
}

// key is a pair of keys to log in with.
type key struct {
	private ed25519.PrivateKey
	signer  ssh.Signer
}

func newKey(t *testing.T) key {
	t.Helper()
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := ssh.NewSignerFromKey(private)
	if err != nil {
		t.Fatal(err)
	}
	return key{private, signer}
}

func (k key) public() ssh.PublicKey { return k.signer.PublicKey() }

// file is the content of a key file, encrypted where there is a password.
func (k key) file(t *testing.T, password string) string {
	t.Helper()
	block, err := ssh.MarshalPrivateKey(k.private, "")
	if password != "" {
		block, err = ssh.MarshalPrivateKeyWithPassphrase(k.private, "", []byte(password))
	}
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(block))
}

// startAgent returns the socket of an agent that holds k.
func startAgent(t *testing.T, k key) string {
	t.Helper()
	keyring := agent.NewKeyring()
	if err := keyring.Add(agent.AddedKey{PrivateKey: k.private}); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "agent.sock")
	listener, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go agent.ServeAgent(keyring, conn)
		}
	}()
	return path
}
