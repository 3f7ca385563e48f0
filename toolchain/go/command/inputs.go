package main

import (
	"context"
	"fmt"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi-go-provider/infer"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// The fields of a local and of a remote command that mean the same. Names and meaning are those of
// @pulumi/command 1.2.1 (https://www.pulumi.com/registry/packages/command/).

// LifecycleArgs says what is run when.
type LifecycleArgs struct {
	// Create is run once, when the resource is made.
	Create *string `pulumi:"create,optional"`
	// Update is run when an input changed; Create where it is not given.
	Update *string `pulumi:"update,optional"`
	// Delete is run when the resource is removed.
	Delete *string `pulumi:"delete,optional"`
	// Triggers replace the resource when one of them changes.
	Triggers []any `pulumi:"triggers,optional" provider:"replaceOnChanges"`
}

// onUpdate is the command of an update, nil for none.
func (l LifecycleArgs) onUpdate() *string {
	if l.Update != nil {
		return l.Update
	}
	return l.Create
}

// ProcessArgs says what a process is given.
type ProcessArgs struct {
	Stdin       *string           `pulumi:"stdin,optional"`
	Environment map[string]string `pulumi:"environment,optional"`
	// AddPreviousOutputInEnv hands the last output to the next run in PULUMI_COMMAND_STDOUT and
	// PULUMI_COMMAND_STDERR. Default true.
	AddPreviousOutputInEnv *bool `pulumi:"addPreviousOutputInEnv,optional"`
	// Logging says which of the two streams the user sees. Default both.
	Logging *Logging `pulumi:"logging,optional"`
}

// Outputs are what the last run printed, without the newline at the end.
type Outputs struct {
	Stdout string `pulumi:"stdout"`
	Stderr string `pulumi:"stderr"`
}

// previous is the part of the environment that tells of the last run.
func (a ProcessArgs) previous(last Outputs) map[string]string {
	env := map[string]string{}
	if a.AddPreviousOutputInEnv != nil && !*a.AddPreviousOutputInEnv {
		return env
	}
	if last.Stdout != "" {
		env["PULUMI_COMMAND_STDOUT"] = last.Stdout
	}
	if last.Stderr != "" {
		env["PULUMI_COMMAND_STDERR"] = last.Stderr
	}
	return env
}

// Logging names the streams that are shown while a command runs and when it fails.
type Logging string

const (
	logStdout Logging = "stdout"
	logStderr Logging = "stderr"
	logBoth   Logging = "stdoutAndStderr"
	logNone   Logging = "none"
)

func (l *Logging) stdout() bool { return l == nil || *l == logStdout || *l == logBoth }
func (l *Logging) stderr() bool { return l == nil || *l == logStderr || *l == logBoth }

func (l *Logging) check() []p.CheckFailure {
	if l == nil || *l == logStdout || *l == logStderr || *l == logBoth || *l == logNone {
		return nil
	}
	return []p.CheckFailure{{Property: "logging", Reason: fmt.Sprintf(
		"%q is not allowed; expected one of %s, %s, %s, %s", *l, logStdout, logStderr, logBoth, logNone)}}
}

// checkedInputs decodes the inputs and adds what validate finds wrong with them. In a preview,
// validate sees the zero value of everything that is not known yet.
func checkedInputs[I any](
	ctx context.Context, req infer.CheckRequest, validate func(I) []p.CheckFailure,
) (infer.CheckResponse[I], error) {
	inputs, failures, err := infer.DefaultCheck[I](ctx, req.NewInputs)
	if err == nil && len(failures) == 0 {
		failures = validate(inputs)
	}
	return infer.CheckResponse[I]{Inputs: inputs, Failures: failures}, err
}

func newID(name string) (string, error) { return resource.NewUniqueHex(name, 8, 0) }
