package main

import (
	"context"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"
)

// killAfter is how long a cancelled command may take to end after SIGTERM.
const killAfter = 10 * time.Second

// runLocally runs command, if there is one, and puts its outputs into state. operation is named in
// the error.
func runLocally(ctx context.Context, operation string, command *string, state *LocalState) error {
	if command == nil {
		return nil
	}
	process, err := localProcess(ctx, *command, state)
	if err != nil {
		return err
	}
	out := newOutput(ctx, state.Logging)
	process.Stdout, process.Stderr = out.stdout, out.stderr
	err = process.Run()
	outputs := out.close()
	if ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	if err != nil {
		return out.failure(operation+" on this machine", err)
	}
	state.Outputs = outputs
	return collectFiles(process.Dir, state)
}

func localProcess(ctx context.Context, command string, state *LocalState) (*exec.Cmd, error) {
	interpreter := state.Interpreter
	if len(interpreter) == 0 {
		interpreter = []string{"/bin/sh", "-c"}
	}
	process := exec.CommandContext(ctx, interpreter[0], append(interpreter[1:len(interpreter):len(interpreter)], command)...)
	var err error
	if state.Dir != nil {
		process.Dir = *state.Dir
	} else if process.Dir, err = os.Getwd(); err != nil {
		return nil, err
	}
	process.Env = os.Environ()
	for name, value := range state.previous(state.Outputs) {
		process.Env = append(process.Env, name+"="+value)
	}
	for name, value := range state.Environment {
		process.Env = append(process.Env, name+"="+value)
	}
	if state.Stdin != nil {
		process.Stdin = strings.NewReader(*state.Stdin)
	}
	stopWithChildren(process)
	return process, nil
}

// stopWithChildren makes a cancelled command end together with what it started: first SIGTERM to
// all of them, then, after killAfter, SIGKILL.
func stopWithChildren(process *exec.Cmd) {
	process.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	process.WaitDelay = killAfter
	process.Cancel = func() error {
		group := -process.Process.Pid
		time.AfterFunc(killAfter, func() { syscall.Kill(group, syscall.SIGKILL) })
		return syscall.Kill(group, syscall.SIGTERM)
	}
}
