package rig

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"syscall"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// Who may do everything in a MinIO of the rig.
const (
	S3User     = "fred-rig-root"
	S3Password = "fred-rig-password"
)

// MinIO is a server that speaks S3, on one folder. It is not safe for concurrent
// use.
type MinIO struct {
	Endpoint string // URL
	Client   *s3.Client

	process *process
}

// StartMinIO starts a server whose data and log are in dir, which survive it.
// The server outlives ctx, which bounds the start alone.
func StartMinIO(ctx context.Context, dir string) (*MinIO, error) {
	tools, err := Tools(ctx)
	if err != nil {
		return nil, err
	}
	ports, err := freePorts(2)
	if err != nil {
		return nil, err
	}
	address := "127.0.0.1:" + ports[0]
	m := &MinIO{Endpoint: "http://" + address}
	m.process = newProcess(tools, dir, "minio", "server", dir+"/data", "--address", address, "--console-address", "127.0.0.1:"+ports[1])
	m.process.env = append(os.Environ(), "MINIO_ROOT_USER="+S3User, "MINIO_ROOT_PASSWORD="+S3Password, "MINIO_BROWSER=off", "MINIO_UPDATE=off")
	m.Client = m.As(credentials.NewStaticCredentialsProvider(S3User, S3Password, ""))
	return m, m.Restart(ctx)
}

// As returns a client of the server for who has those credentials.
func (m *MinIO) As(who aws.CredentialsProvider) *s3.Client {
	return s3.New(s3.Options{
		BaseEndpoint: &m.Endpoint, UsePathStyle: true, Region: "us-east-1", Credentials: who,
		RequestChecksumCalculation: aws.RequestChecksumCalculationWhenRequired,
	})
}

// Kill ends the server with SIGKILL.
func (m *MinIO) Kill() error { return m.process.signal(syscall.SIGKILL) }

// Restart starts the server and returns when it answers.
func (m *MinIO) Restart(ctx context.Context) error {
	if err := m.process.start(ctx); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	for {
		if ready(ctx, m.Endpoint+"/minio/health/ready") {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("minio does not answer: %w: %s", ctx.Err(), m.process.lastWords())
		case <-m.process.done:
			return errors.New("minio has ended: " + m.process.lastWords())
		case <-time.After(50 * time.Millisecond):
		}
	}
}

func ready(ctx context.Context, url string) bool {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return false
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return false
	}
	defer resp.Body.Close()
	return resp.StatusCode == http.StatusOK
}

// Close ends the server.
func (m *MinIO) Close() error {
	if !m.process.running() {
		return nil
	}
	return m.Kill()
}
