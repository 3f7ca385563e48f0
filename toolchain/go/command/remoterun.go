package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	p "github.com/pulumi/pulumi-go-provider"
	"golang.org/x/crypto/ssh"
)

// runRemotely runs command, if there is one, and puts its outputs into state. operation is named in
// the error.
func runRemotely(ctx context.Context, operation string, command *string, state *RemoteState) error {
	if command == nil {
		return nil
	}
	connection, err := dial(ctx, state.Connection)
	if err != nil {
		return err
	}
	defer connection.Close()
	session, err := connection.NewSession()
	if err != nil {
		return fmt.Errorf("%s: %w", state.Connection.address(), err)
	}
	defer session.Close()
	if err := setEnvironment(ctx, session, state); err != nil {
		return fmt.Errorf("%s: %w", state.Connection.address(), err)
	}
	if state.Stdin != nil {
		session.Stdin = strings.NewReader(*state.Stdin)
	}
	out := newOutput(ctx, state.Logging)
	session.Stdout, session.Stderr = out.stdout, out.stderr
	err = runSession(ctx, session, *command)
	outputs := out.close()
	if err != nil {
		return out.failure(operation+" on "+state.Connection.address(), err)
	}
	state.Outputs = outputs
	return nil
}

// runSession asks the command to end when ctx does; the connection is closed by then, or soon.
func runSession(ctx context.Context, session *ssh.Session, command string) error {
	stop := context.AfterFunc(ctx, func() { session.Signal(ssh.SIGTERM) })
	defer stop()
	err := session.Run(command)
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if missing := (*ssh.ExitMissingError)(nil); errors.As(err, &missing) {
		return errConnectionLost
	}
	return err
}

// setEnvironment fails where the server refuses a variable of the user, naming it. The output of
// the last run is only offered: most servers refuse it, and most commands do not want it.
func setEnvironment(ctx context.Context, session *ssh.Session, state *RemoteState) error {
	for name, value := range state.previous(state.Outputs) {
		if err := session.Setenv(name, value); err != nil {
			p.GetLogger(ctx).Debugf("the SSH server does not accept %s: %s", name, err)
		}
	}
	for name, value := range state.Environment {
		if err := session.Setenv(name, value); err != nil {
			return fmt.Errorf("the SSH server does not accept the variable %s: add it to AcceptEnv in its "+
				"sshd_config, or set it in the command itself (%w)", name, err)
		}
	}
	return nil
}
