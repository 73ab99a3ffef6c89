package lsp

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
)

// message is a request, a notification or a response: what it has tells which.
// https://www.jsonrpc.org/specification
type message struct {
	JSONRPC string          `json:"jsonrpc"`
	ID      json.RawMessage `json:"id,omitempty"`
	Method  string          `json:"method,omitempty"`
	Params  json.RawMessage `json:"params,omitempty"`
	Result  json.RawMessage `json:"result,omitempty"`
	Error   *rpcError       `json:"error,omitempty"`
}

// isRequest says whether the sender waits for an answer.
func (m *message) isRequest() bool { return m.Method != "" && len(m.ID) > 0 && string(m.ID) != "null" }

// answer is a response that was good; its result may be null, but must be there.
type answer struct {
	JSONRPC string          `json:"jsonrpc"`
	ID      json.RawMessage `json:"id"`
	Result  any             `json:"result"`
}

// failure is a response that was none.
type failure struct {
	JSONRPC string          `json:"jsonrpc"`
	ID      json.RawMessage `json:"id"`
	Error   *rpcError       `json:"error"`
}

// call is a request or a notification of the server's own.
type call struct {
	JSONRPC string `json:"jsonrpc"`
	ID      *int   `json:"id,omitempty"`
	Method  string `json:"method"`
	Params  any    `json:"params,omitempty"`
}

const jsonRPC = "2.0"

// The codes of errors, of JSON-RPC and of the protocol.
const (
	codeParse            = -32700
	codeInvalidRequest   = -32600
	codeMethodNotFound   = -32601
	codeInvalidParams    = -32602
	codeInternal         = -32603
	codeNotInitialized   = -32002
	codeRequestCancelled = -32800
)

// rpcError is an error as it is sent.
type rpcError struct {
	Code    int    `json:"code"`
	Message string `json:"message"`
}

func (e *rpcError) Error() string { return e.Message }

func failed(code int, format string, args ...any) *rpcError {
	return &rpcError{Code: code, Message: fmt.Sprintf(format, args...)}
}

// asSent is an error with its code.
func asSent(err error) *rpcError {
	var known *rpcError
	if errors.As(err, &known) {
		return known
	}
	return failed(codeInternal, "%v", err)
}

// decode reads the parameters of a message.
func decode[T any](m *message) (T, error) {
	var params T
	if len(m.Params) == 0 {
		return params, failed(codeInvalidParams, "%s: no parameters", m.Method)
	}
	err := json.Unmarshal(m.Params, &params)
	var kind *json.UnmarshalTypeError
	if errors.As(err, &kind) { // whose own words are about Go
		return params, failed(codeInvalidParams, "%s: %s is no %s", m.Method, kind.Value, cmp.Or(kind.Field, "parameters"))
	}
	if err != nil {
		return params, failed(codeInvalidParams, "%s: %v", m.Method, err)
	}
	return params, nil
}
