package livedb

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"os"
	"slices"

	"github.com/go-sql-driver/mysql"
)

// The parameters that MySQL's own clients have for encryption. The driver knows tls=
// alone, and would send these to the server as variables.
// https://dev.mysql.com/doc/refman/8.4/en/connecting-using-uri-or-key-value-pairs.html
const (
	sslMode = "ssl-mode"
	sslCA   = "ssl-ca"
	sslCert = "ssl-cert"
	sslKey  = "ssl-key"
)

// The values of ssl-mode.
const (
	modeDisabled = "DISABLED"
	modePrefer   = "PREFERRED"
	modeRequired = "REQUIRED"
	modeCA       = "VERIFY_CA"
	modeIdentity = "VERIFY_IDENTITY"
)

func sslModes() []string {
	return []string{modeDisabled, modePrefer, modeRequired, modeCA, modeIdentity}
}

// encrypt takes the parameters for encryption out of a DSN, and does as they say.
func encrypt(c *mysql.Config) error {
	given := map[string]string{}
	for _, name := range []string{sslMode, sslCA, sslCert, sslKey} {
		if value, has := c.Params[name]; has {
			given[name] = value
			delete(c.Params, name)
		}
	}
	if len(given) == 0 {
		return nil
	}
	if c.TLSConfig != "" {
		return errors.New("the DSN: tls= and ssl-..= are two ways to say the same: write one of them")
	}
	return apply(c, given)
}

// apply sets a connection's encryption. Who names an authority wants it asked, as with
// MySQL's clients.
func apply(c *mysql.Config, given map[string]string) error {
	mode := given[sslMode]
	switch {
	case mode == "" && given[sslCA] != "":
		mode = modeCA
	case mode == "":
		mode = modePrefer
	case !slices.Contains(sslModes(), mode):
		return fmt.Errorf("the DSN: %s is none of %v", sslMode, sslModes())
	}
	if mode == modeDisabled {
		return nil
	}
	out, err := credentials(given)
	if err != nil {
		return err
	}
	out.InsecureSkipVerify = mode != modeIdentity
	c.AllowFallbackToPlaintext = mode == modePrefer
	host, _, err := net.SplitHostPort(c.Addr)
	if err == nil {
		out.ServerName = host
	}
	if mode == modeCA {
		out.VerifyConnection = func(s tls.ConnectionState) error { return signed(s, out.RootCAs) }
	}
	c.TLS = out
	return nil
}

// credentials are what the parameters' files hold.
func credentials(given map[string]string) (*tls.Config, error) {
	out := &tls.Config{MinVersion: tls.VersionTLS12}
	if file := given[sslCA]; file != "" {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("the DSN: %s: %w", sslCA, err)
		}
		out.RootCAs = x509.NewCertPool()
		if !out.RootCAs.AppendCertsFromPEM(text) {
			return nil, fmt.Errorf("the DSN: %s: there is no certificate in %s", sslCA, file)
		}
	}
	if (given[sslCert] == "") != (given[sslKey] == "") {
		return nil, fmt.Errorf("the DSN: %s and %s go together", sslCert, sslKey)
	}
	if given[sslCert] != "" {
		pair, err := tls.LoadX509KeyPair(given[sslCert], given[sslKey])
		if err != nil {
			return nil, fmt.Errorf("the DSN: %s: %w", sslCert, err)
		}
		out.Certificates = []tls.Certificate{pair}
	}
	return out, nil
}

// signed says whether the server's certificate is of an authority that is known,
// whatever host it is for.
func signed(s tls.ConnectionState, roots *x509.CertPool) error {
	between := x509.NewCertPool()
	for _, c := range s.PeerCertificates[1:] {
		between.AddCert(c)
	}
	_, err := s.PeerCertificates[0].Verify(x509.VerifyOptions{Roots: roots, Intermediates: between})
	return err
}
