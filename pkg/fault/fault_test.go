package fault_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/pkg/fault"
)

func TestTheOutermostKindAndTheFirstHintCount(t *testing.T) {
	inner := fault.New(fault.Forbidden, "no").Hinted("Ask for %s.", "rights")
	outer := fault.Wrap(fault.Unreachable, fmt.Errorf("list pods: %w", inner))
	require.Equal(t, fault.Unreachable, fault.KindOf(outer))
	require.Equal(t, "Ask for rights.", fault.HintOf(outer))
	require.EqualError(t, outer, "list pods: no")
}

func TestAnErrorWithoutAKindIsFredsOwnFaultUnlessAContextEnded(t *testing.T) {
	require.Equal(t, fault.Internal, fault.KindOf(errors.New("x")))
	require.Equal(t, fault.Interrupted, fault.KindOf(fmt.Errorf("x: %w", context.Canceled)))
	require.Equal(t, fault.Timeout, fault.KindOf(fmt.Errorf("x: %w", context.DeadlineExceeded)))
	require.NoError(t, fault.Wrap(fault.Invalid, nil))
	require.Empty(t, fault.HintOf(errors.New("x")))
}
