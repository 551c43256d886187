package cli

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/pkg/fault"
)

func TestEveryKindOfFaultHasAnExitCodeOfTheTable(t *testing.T) {
	want := map[fault.Kind]int{
		fault.Internal: 1, fault.Invalid: 2, fault.NotFound: 2, fault.Refused: 2, fault.Unwritable: 2, fault.Partial: 3,
		fault.Unreachable: 4, fault.Offline: 4, fault.BadAnswer: 4, fault.Timeout: 4,
		fault.Unauthorized: 5, fault.Forbidden: 5, fault.Threshold: 6, fault.Interrupted: 130,
	}
	for _, kind := range fault.Kinds() {
		require.Contains(t, exitCodes, kind, "a kind without an entry would exit 0, which is success")
		require.Equal(t, want[kind], exitCode(fault.New(kind, "x")), "kind %d", kind)
		require.Equal(t, want[kind], exitCode(fmt.Errorf("list: %w", fault.New(kind, "x"))), "wrapping keeps the kind")
	}
	require.Len(t, exitCodes, len(fault.Kinds()))
}

func TestErrorsWithoutAKindHaveAnExitCodeToo(t *testing.T) {
	require.Equal(t, 0, exitCode(nil))
	require.Equal(t, 1, exitCode(errors.New("x")))
	require.Equal(t, 4, exitCode(context.DeadlineExceeded))
	require.Equal(t, 130, exitCode(fmt.Errorf("x: %w", context.Canceled)))
}
