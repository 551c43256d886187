// Command oidc is an identity provider for tests: the server side of
// zitadel/oidc with users and refresh tokens in memory, over TLS. It prints its
// issuer URL when it listens, and ends when its stdin does.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/zitadel/oidc/v3/example/server/exampleop"
	"github.com/zitadel/oidc/v3/example/server/storage"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	cert := flag.String("cert", "", "PEM file of the certificate for 127.0.0.1")
	key := flag.String("key", "", "PEM file of its key")
	users := flag.String("users", "", "JSON file of users by id")
	client := flag.String("client", "", "id of the one client")
	secret := flag.String("secret", "", "its secret")
	redirect := flag.String("redirect", "", "where the browser is sent back to")
	flag.Parse()

	known, err := storage.StoreFromFile(*users)
	if err != nil {
		return fmt.Errorf("read users: %w", err)
	}
	storage.RegisterClients(storage.WebClient(*client, *secret, *redirect))
	l, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	issuer := "https://" + l.Addr().String()
	log := slog.New(slog.NewTextHandler(os.Stderr, nil))
	server := &http.Server{
		Handler:           exampleop.SetupServer(issuer, storage.NewStorage(known), log, false),
		ReadHeaderTimeout: 10 * time.Second,
	}
	go func() { // whoever started it has gone
		_, _ = io.Copy(io.Discard, os.Stdin)
		_ = server.Close()
	}()
	fmt.Println(issuer)
	if err := server.ServeTLS(l, *cert, *key); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
