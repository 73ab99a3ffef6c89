package workload_test

import (
	"os"
	"testing"

	"github.com/safemig/safemig/internal/livetest"
)

func TestMain(m *testing.M) { os.Exit(livetest.Run(m)) }
