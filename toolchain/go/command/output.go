package main

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"sync"

	p "github.com/pulumi/pulumi-go-provider"
)

// shownBytes is how much of a stream's end an error shows.
const shownBytes = 4096

// output keeps what a command prints and shows it line by line while it runs, as far as logging
// allows and with the secrets masked.
type output struct {
	logging        *Logging
	stdout, stderr *stream
}

func newOutput(ctx context.Context, logging *Logging) *output {
	show := func(allowed bool) func(string) {
		if !allowed {
			return nil
		}
		logger, secrets := p.GetLogger(ctx), secretsIn(ctx)
		return func(line string) { logger.InfoStatus(secrets.mask(line)) }
	}
	return &output{
		logging: logging,
		stdout:  &stream{show: show(logging.stdout())},
		stderr:  &stream{show: show(logging.stderr())},
	}
}

// close shows the last lines and returns all that was printed.
func (o *output) close() Outputs {
	return Outputs{Stdout: o.stdout.close(), Stderr: o.stderr.close()}
}

// failure says what failed, why, and what was printed as far as logging allows. Neither the command
// nor its stdin nor its environment is in it: they may hold secrets.
func (o *output) failure(what string, err error) error {
	var text strings.Builder
	if o.logging.stderr() {
		text.WriteString(o.stderr.tail("stderr"))
	}
	if o.logging.stdout() {
		text.WriteString(o.stdout.tail("stdout"))
	}
	if !o.logging.stderr() {
		fmt.Fprintf(&text, "\n(stderr is not shown: logging is %q)", *o.logging)
	}
	return fmt.Errorf("%s: %w%s", what, err, text.String())
}

// stream is one of the two. A session of SSH writes both at the same time, and may do so until
// after it was given up.
type stream struct {
	mu   sync.Mutex
	all  bytes.Buffer
	line []byte       // what came after the last newline
	show func(string) // nil shows nothing
}

func (s *stream) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.all.Write(b)
	if s.show == nil {
		return len(b), nil
	}
	s.line = append(s.line, b...)
	for {
		i := bytes.IndexByte(s.line, '\n')
		if i < 0 {
			return len(b), nil
		}
		s.show(string(s.line[:i]))
		s.line = s.line[i+1:]
	}
}

func (s *stream) close() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.show != nil && len(s.line) > 0 {
		s.show(string(s.line))
		s.line = nil
	}
	return strings.TrimSuffix(s.all.String(), "\n")
}

func (s *stream) tail(name string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	text := strings.TrimSpace(s.all.String())
	if text == "" {
		return ""
	}
	if cut := len(text) - shownBytes; cut > 0 {
		text = fmt.Sprintf("(%d bytes left out)…%s", cut, text[cut:])
	}
	return fmt.Sprintf("\n%s: %s", name, text)
}
