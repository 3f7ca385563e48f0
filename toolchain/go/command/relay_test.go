package main

import (
	"io"
	"net"
	"strconv"
	"sync/atomic"
	"testing"
)

// startSilentServer returns the port of a server that takes connections and says nothing.
func startSilentServer(t *testing.T) float64 {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
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
			defer conn.Close()
		}
	}()
	return float64(listener.Addr().(*net.TCPAddr).Port)
}

// startRelay passes connections on to port. After freeze nothing comes through any more, and nobody
// is told.
func startRelay(t *testing.T, port int) (relay int, freeze func()) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	var frozen atomic.Bool
	pass := func(to io.Writer, from io.Reader) {
		buffer := make([]byte, 4096)
		for {
			n, err := from.Read(buffer)
			if err != nil {
				return
			}
			if !frozen.Load() {
				to.Write(buffer[:n])
			}
		}
	}
	go func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			server, err := net.Dial("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
			if err != nil {
				return
			}
			go pass(client, server)
			go pass(server, client)
		}
	}()
	return listener.Addr().(*net.TCPAddr).Port, func() { frozen.Store(true) }
}
