package main

import (
	"errors"
	"fmt"
	"net"
	"os"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/agent"
)

// clientConfig turns e into what the ssh package needs. done gives the connection to an agent back.
func clientConfig(e Endpoint) (config *ssh.ClientConfig, done func(), err error) {
	config = &ssh.ClientConfig{User: valueOr(e.User, defaultUser), Timeout: e.perDialTimeout()}
	if err = checkHostKey(config, e.HostKey); err != nil {
		return nil, nil, err
	}
	config.Auth, done, err = authentication(e)
	return config, done, err
}

func checkHostKey(config *ssh.ClientConfig, hostKey *string) error {
	if hostKey == nil {
		config.HostKeyCallback = ssh.InsecureIgnoreHostKey()
		return nil
	}
	key, _, _, _, err := ssh.ParseAuthorizedKey([]byte(*hostKey))
	if err != nil {
		return fmt.Errorf("hostKey %q is not a public key; expected a line such as \"ssh-ed25519 AAAA…\"", *hostKey)
	}
	config.HostKeyCallback = ssh.FixedHostKey(key)
	// A server with keys of many kinds offers the one that the client likes best, which would be
	// a mismatch.
	config.HostKeyAlgorithms = []string{key.Type()}
	if key.Type() == ssh.KeyAlgoRSA { // is used under the names of its signatures
		config.HostKeyAlgorithms = []string{ssh.KeyAlgoRSASHA512, ssh.KeyAlgoRSASHA256}
	}
	return nil
}

// authentication offers the private key first, then the keys of the agent, then the password.
func authentication(e Endpoint) (methods []ssh.AuthMethod, done func(), err error) {
	done = func() {}
	var signers []ssh.Signer
	if e.PrivateKey != nil {
		signer, err := parseKey(*e.PrivateKey, e.PrivateKeyPassword)
		if err != nil {
			return nil, nil, err
		}
		signers = append(signers, signer)
	}
	socket, err := dialAgent(e)
	if err != nil {
		return nil, nil, err
	}
	agentSigners := func() ([]ssh.Signer, error) { return nil, nil }
	if socket != nil {
		done = func() { socket.Close() }
		agentSigners = agent.NewClient(socket).Signers
	}
	if len(signers) > 0 || socket != nil {
		// One method for both: the client tries each kind of method only once.
		methods = append(methods, ssh.PublicKeysCallback(func() ([]ssh.Signer, error) {
			more, err := agentSigners()
			if err != nil && len(signers) == 0 {
				return nil, fmt.Errorf("SSH agent: %w", err)
			}
			return append(signers[:len(signers):len(signers)], more...), nil
		}))
	}
	if e.Password != nil {
		methods = append(methods, ssh.Password(*e.Password), ssh.KeyboardInteractive(
			func(_, _ string, questions []string, _ []bool) ([]string, error) {
				answers := make([]string, len(questions))
				for i := range answers {
					answers[i] = *e.Password
				}
				return answers, nil
			}))
	}
	return methods, done, nil
}

func parseKey(text string, password *string) (signer ssh.Signer, err error) {
	if password != nil {
		signer, err = ssh.ParsePrivateKeyWithPassphrase([]byte(text), []byte(*password))
	} else {
		signer, err = ssh.ParsePrivateKey([]byte(text))
	}
	if missing := (*ssh.PassphraseMissingError)(nil); errors.As(err, &missing) {
		return nil, errors.New("privateKey is encrypted; give privateKeyPassword")
	}
	if err != nil {
		return nil, fmt.Errorf("privateKey cannot be read: %w", err)
	}
	return signer, nil
}

// dialAgent returns nil where there is no agent. An agent that only the environment names may be
// gone if there is another way to log in.
func dialAgent(e Endpoint) (net.Conn, error) {
	path := valueOr(e.AgentSocketPath, os.Getenv("SSH_AUTH_SOCK"))
	if path == "" {
		return nil, nil
	}
	socket, err := net.Dial("unix", path)
	if err == nil {
		return socket, nil
	}
	if e.AgentSocketPath == nil && (e.PrivateKey != nil || e.Password != nil) {
		return nil, nil
	}
	return nil, fmt.Errorf("SSH agent: %w", err)
}
