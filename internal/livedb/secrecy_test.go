package livedb

import (
	"encoding/base64"
	"net/url"
	"strings"
	"testing"
)

// canary is a password that no message may hold a part of. The parts between its special
// signs are what a DSN that is not encoded falls into.
const canary = "kWq7/zXv4@rTb9#nHj2:pLm5?dFg8 %sYc3'uOe6"

// malformed are DSNs in which a password stands as nobody may write it, and some in which
// it stands as it should and something else is wrong.
func malformed() []string {
	encoded := url.QueryEscape(canary)
	quoted := "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(canary) + "'"
	var out []string
	for _, scheme := range []string{"postgres", "postgresql", "mysql", "mariadb", "http", "kWq7"} {
		out = append(out,
			scheme+"://app:"+canary+"@127.0.0.1:1/shop", scheme+"://app:"+canary, scheme+"://"+canary+"@127.0.0.1:1/shop", scheme+"://app:12345/"+canary+"@127.0.0.1:1/shop",
			scheme+"://app:1?"+canary+"@127.0.0.1:1/shop", scheme+"://app:1#"+canary+"@127.0.0.1:1/shop", scheme+"://app:"+encoded+"@127.0.0.1:port/shop",
			scheme+"://app:"+encoded+"@127.0.0.1:99999/shop", scheme+"://app:"+encoded+"@[::1/shop", scheme+"://127.0.0.1:1/shop?user=app&password="+canary,
			scheme+"://127.0.0.1:1/shop?password="+encoded+"&sslmode=nonsense", scheme+"://app:"+encoded+"@127.0.0.1:1/shop?sslmode=nonsense",
			scheme+"://app:"+encoded+"@127.0.0.1:1/shop?tls=nonsense", scheme+"://app:"+encoded+"@127.0.0.1:1/%zz", scheme+"://app:"+encoded+"@127.0.0.1:1/shop",
			scheme+":/app:"+canary+"@127.0.0.1:1/shop",
		)
	}
	for _, password := range []string{canary, encoded, quoted} {
		out = append(out,
			"host=127.0.0.1 port=1 user=app password="+password, "host=127.0.0.1 password="+password+" sslmode=nonsense", "password="+password+" host", "password = "+password,
			"host=127.0.0.1 port=x password="+password, "password="+password[:len(password)-1]+`\`, "host=127.0.0.1 port=1 sslpassword="+password+" sslkey=/nowhere sslcert=/nowhere",
			"app:"+password+"@tcp(127.0.0.1:1)/shop", "app:"+password+"@tcp(127.0.0.1:1", "app:"+password+"@tcp(127.0.0.1:1)", "app:"+password+"@127.0.0.1:1/shop", "app:"+password,
			"app:"+password+"@tcp(127.0.0.1:1)/shop?tls=nonsense", "app:"+password+"@tcp(127.0.0.1:1)/shop?parseTime=perhaps", "app:"+password+"@tcp(127.0.0.1:1)/%zz",
			"app:"+password+"@tcp(127.0.0.1:1)/shop?ssl-ca=/nowhere/ca.pem", "app:"+password+"@other(127.0.0.1:1)/shop", "app:"+password+"@tcp(127.0.0.1:1)/shop?ssl-ca=%2Fnowhere",
			"app:x(y)/"+password+"@tcp(127.0.0.1:1)", password, "/"+password, "@"+password,
		)
	}
	return out
}

// leaks says what of the canary is in a text.
func leaks(text string) string {
	for _, part := range strings.FieldsFunc(canary, func(r rune) bool { return strings.ContainsRune("/@#:? %'", r) }) {
		for _, form := range []string{part, part[1:], base64.StdEncoding.EncodeToString([]byte(part))} {
			if strings.Contains(text, form) {
				return form
			}
		}
	}
	return ""
}

func TestMalformedDSNsKeepTheirSecrets(t *testing.T) {
	for _, dsn := range malformed() {
		db, err := Attach(t.Context(), dsn)
		if err == nil {
			_ = db.Close()
			t.Errorf("%s is attached", dsn)
			continue
		}
		if part := leaks(err.Error()); part != "" {
			t.Errorf("%s\n shows %q of the password: %v", dsn, part, err)
		}
		if shown, hidden := Redacted(dsn); leaks(shown) != "" || !hidden {
			t.Errorf("%s\n is shown as %q", dsn, shown)
		}
		if host := HostOf(dsn); leaks(host) != "" {
			t.Errorf("%s\n has the host %q", dsn, host)
		}
	}
}
