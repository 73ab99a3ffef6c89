package livedb

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	mathrand "math/rand/v2"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// papers are the certificates of a server and of a client, and of an authority that
// signed neither.
type papers struct {
	dir    string // where we see it
	inside string // where the server sees it
	key    *ecdsa.PrivateKey
	ca     *x509.Certificate
}

// newPapers makes certificates for a server at an address.
func newPapers(t *testing.T, s Server, address string) papers {
	t.Helper()
	who, err := serverIdentity(s.Dialect)
	if err != nil {
		t.Fatal(err)
	}
	dir, err := os.MkdirTemp(s.folderFor(Options{}), "safemig-tls-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	p := papers{dir: dir, inside: inside(s.Root, dir)}
	p.ca, p.key = p.authority(t, "ca")
	p.sign(t, "server", &x509.Certificate{IPAddresses: []net.IP{net.ParseIP(address)}, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}})
	p.sign(t, "client", &x509.Certificate{Subject: pkix.Name{CommonName: "app"}, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}})
	p.authority(t, "other")
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range append(files, dir) {
		if who.other {
			if err := os.Chown(f, int(who.uid), int(who.gid)); err != nil {
				t.Fatal(err)
			}
		}
	}
	return p
}

func (p papers) authority(t *testing.T, name string) (*x509.Certificate, *ecdsa.PrivateKey) {
	t.Helper()
	key := newKey(t)
	c := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "safemig " + name}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), KeyUsage: x509.KeyUsageCertSign,
	}
	p.write(t, name, c, c, key, key)
	return c, key
}

func (p papers) sign(t *testing.T, name string, c *x509.Certificate) {
	t.Helper()
	c.SerialNumber, c.KeyUsage = big.NewInt(2), x509.KeyUsageDigitalSignature
	c.NotBefore, c.NotAfter = time.Now().Add(-time.Hour), time.Now().Add(time.Hour)
	p.write(t, name, c, p.ca, newKey(t), p.key)
}

func newKey(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// write writes a certificate and its key.
func (p papers) write(t *testing.T, name string, c, by *x509.Certificate, key, with *ecdsa.PrivateKey) {
	t.Helper()
	der, err := x509.CreateCertificate(rand.Reader, c, by, &key.PublicKey, with)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	for file, block := range map[string]*pem.Block{name + ".pem": {Type: "CERTIFICATE", Bytes: der}, name + ".key": {Type: "PRIVATE KEY", Bytes: private}} {
		if err := os.WriteFile(filepath.Join(p.dir, file), pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// twoAddresses are two of this machine's own, on which nobody listens at a port.
func twoAddresses(t *testing.T, port int) (one, other string) {
	t.Helper()
	free := func() string {
		for range 100 {
			a := fmt.Sprintf("127.%d.%d.%d", 1+mathrand.IntN(250), mathrand.IntN(250), 2+mathrand.IntN(250))
			l, err := net.Listen("tcp", fmt.Sprintf("%s:%d", a, port))
			if err == nil {
				_ = l.Close()
				return a
			}
		}
		t.Skip("this system has one address of its own only")
		return ""
	}
	return free(), free()
}

// newestOf starts the newest server of a dialect.
func newestOf(t *testing.T, dialect string) Server {
	t.Helper()
	s, err := Choose(t.Context(), dialect, "")
	if err != nil {
		if os.Getenv("SAFEMIG_LIVE") == "require" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	return s
}

// try is a DSN, and what comes of it.
type try struct {
	name, dsn string
	encrypted bool
	refused   string // what is said; empty: it is let in
}

// check connects, and asks the server whether it is encrypted, in the database and in
// one of our own on the same server.
func (w *try) check(t *testing.T, query string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	db, err := Attach(ctx, w.dsn)
	if err != nil {
		if w.refused == "" || !strings.Contains(err.Error(), w.refused) {
			t.Errorf("%s: %v", w.name, err)
		}
		return
	}
	defer func() { _ = db.Close() }()
	if w.refused != "" {
		t.Errorf("%s: it is let in", w.name)
		return
	}
	own, err := db.Own(ctx)
	if err != nil {
		t.Fatalf("%s: %v", w.name, err)
	}
	defer func() { _ = own.Close() }()
	for _, d := range []*DB{db, own} {
		var encrypted bool
		if err := d.QueryRowContext(ctx, query).Scan(&encrypted); err != nil || encrypted != w.encrypted {
			t.Errorf("%s: encrypted is %v, %v", w.name, encrypted, err)
		}
	}
}

const pgEncrypted = "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()"

func TestPostgresTLS(t *testing.T) {
	t.Parallel()
	s := newestOf(t, "postgres")
	right, wrong := twoAddresses(t, 5432)
	p := newPapers(t, s, right)
	db := startWith(t, s, "listen_addresses="+right+","+wrong, "ssl=on", "ssl_cert_file="+p.inside+"/server.pem", "ssl_key_file="+p.inside+"/server.key", "ssl_ca_file="+p.inside+"/ca.pem")
	allowLoopback(t, db)
	at := func(host string, pairs ...string) string {
		q := url.Values{"user": {"postgres"}}
		for i := 0; i < len(pairs); i += 2 {
			q.Set(pairs[i], pairs[i+1])
		}
		return "postgres://" + host + ":5432/postgres?" + q.Encode()
	}
	ca, other := filepath.Join(p.dir, "ca.pem"), filepath.Join(p.dir, "other.pem")
	keywords := func(text string) string { return "host=" + right + " user=postgres dbname=postgres " + text }
	for _, w := range []try{
		{"disable", at(right, "sslmode", "disable"), false, ""},
		{"prefer", at(right, "sslmode", "prefer"), true, ""},
		{"require", at(right, "sslmode", "require"), true, ""},
		{"verify-ca of another host", at(wrong, "sslmode", "verify-ca", "sslrootcert", ca), true, ""},
		{"verify-full", at(right, "sslmode", "verify-full", "sslrootcert", ca), true, ""},
		{"verify-full of another host", at(wrong, "sslmode", "verify-full", "sslrootcert", ca), false, "certificate is valid for " + right + ", not " + wrong},
		{"verify-ca of another authority", at(right, "sslmode", "verify-ca", "sslrootcert", other), false, "unknown authority"},
		{"verify-full of the system's authorities", at(right, "sslmode", "verify-full"), false, "unknown authority"},
		{"keywords", keywords("sslmode=verify-full sslrootcert=" + ca), true, ""},
		{"keywords and another authority", keywords("sslmode=verify-full sslrootcert=" + other), false, "unknown authority"},
		{"no such file", at(right, "sslmode", "verify-full", "sslrootcert", ca+"x"), false, "unable to read CA file"},
	} {
		w.check(t, pgEncrypted)
	}
	client := try{"client's certificate", at(right, "sslmode", "verify-full", "sslrootcert", ca, "sslcert", filepath.Join(p.dir, "client.pem"), "sslkey", filepath.Join(p.dir, "client.key")), true, ""}
	client.check(t, "SELECT client_dn = '/CN=app' FROM pg_stat_ssl WHERE pid = pg_backend_pid()")

	right, _ = twoAddresses(t, 5432)
	plain := startWith(t, s, "listen_addresses="+right)
	allowLoopback(t, plain)
	for _, w := range []try{
		{"prefer without TLS", at(right, "sslmode", "prefer"), false, ""},
		{"require without TLS", at(right, "sslmode", "require"), false, "server refused TLS connection"},
		{"verify-full without TLS", at(right, "sslmode", "verify-full", "sslrootcert", ca), false, "server refused TLS connection"},
	} {
		w.check(t, pgEncrypted)
	}
}

func startWith(t *testing.T, s Server, settings ...string) *DB {
	t.Helper()
	db, err := s.Start(t.Context(), Options{Settings: settings})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

// allowLoopback lets everybody of this machine in: initdb lets in 127.0.0.1 alone.
func allowLoopback(t *testing.T, db *DB) {
	t.Helper()
	var file string
	if err := db.QueryRowContext(t.Context(), "SHOW hba_file").Scan(&file); err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(file, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString("host all all 127.0.0.0/8 trust\n"); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if err := execAll(t.Context(), db, "SELECT pg_reload_conf()"); err != nil {
		t.Fatal(err)
	}
}

const myEncrypted = "SELECT count(*) > 0 FROM performance_schema.session_status WHERE variable_name = 'Ssl_cipher' AND variable_value <> ''"

// mariaEncrypted: its performance_schema is off unless told otherwise.
const mariaEncrypted = "SELECT count(*) > 0 FROM information_schema.session_status WHERE variable_name = 'Ssl_cipher' AND variable_value <> ''"

func TestMySQLTLS(t *testing.T) {
	t.Parallel()
	for dialect, query := range map[string]string{"mysql": myEncrypted, "mariadb": mariaEncrypted} {
		t.Run(dialect, func(t *testing.T) {
			t.Parallel()
			s := newestOf(t, dialect)
			port := 20000 + mathrand.IntN(10000)
			right, wrong := twoAddresses(t, port)
			p := newPapers(t, s, right)
			listen := func(address string) []string {
				return []string{"skip-networking=0", "bind-address=" + address, fmt.Sprintf("port=%d", port)}
			}
			db := startWith(t, s, append(listen(right+","+wrong), "ssl-ca="+p.inside+"/ca.pem", "ssl-cert="+p.inside+"/server.pem", "ssl-key="+p.inside+"/server.key")...)
			none := "skip-ssl"
			if dialect == "mysql" {
				none = "tls-version="
			}
			for _, user := range []string{"app", "strict REQUIRE X509"} {
				name, require, _ := strings.Cut(user, " ")
				if err := execAll(t.Context(), db, "CREATE USER "+name+"@'%' IDENTIFIED BY 'pw' "+require, "GRANT ALL ON *.* TO "+name+"@'%'"); err != nil {
					t.Fatal(err)
				}
			}
			at := func(host, params string) string { return fmt.Sprintf("mysql://app:pw@%s:%d/?%s", host, port, params) }
			native := func(params string) string { return fmt.Sprintf("app:pw@tcp(%s:%d)/?%s", right, port, params) }
			ca, other := "ssl-ca="+filepath.Join(p.dir, "ca.pem"), "ssl-ca="+filepath.Join(p.dir, "other.pem")
			client := fmt.Sprintf("&ssl-cert=%[1]s/client.pem&ssl-key=%[1]s/client.key", p.dir)
			for _, w := range []try{
				{"disabled", at(right, "ssl-mode=DISABLED"), false, ""},
				{"tls=false", at(right, "tls=false"), false, ""},
				{"preferred", at(right, "ssl-mode=PREFERRED"), true, ""},
				{"tls=preferred", at(right, "tls=preferred"), true, ""},
				{"required", at(right, "ssl-mode=REQUIRED"), true, ""},
				{"tls=skip-verify", at(right, "tls=skip-verify"), true, ""},
				{"tls=true with the system's authorities", at(right, "tls=true"), false, "certificate"},
				{"an authority alone", at(wrong, ca), true, ""},
				{"verify CA of another host", at(wrong, "ssl-mode=VERIFY_CA&"+ca), true, ""},
				{"verify CA of another authority", at(right, "ssl-mode=VERIFY_CA&"+other), false, "unknown authority"},
				{"verify identity", at(right, "ssl-mode=VERIFY_IDENTITY&"+ca), true, ""},
				{"verify identity of another host", at(wrong, "ssl-mode=VERIFY_IDENTITY&"+ca), false, "certificate is valid for " + right + ", not " + wrong},
				{"verify identity of another authority", at(right, "ssl-mode=VERIFY_IDENTITY&"+other), false, "unknown authority"},
				{"the driver's form", native("ssl-mode=VERIFY_IDENTITY&" + strings.ReplaceAll(ca, "/", "%2F")), true, ""},
				{"two ways", at(right, "tls=true&"+ca), false, "two ways to say the same"},
				{"no such mode", at(right, "ssl-mode=verify"), false, "ssl-mode is none of"},
				{"no such file", at(right, ca+"x"), false, "no such file"},
				{"a certificate without its key", at(right, "ssl-cert=/x"), false, "go together"},
				{"a client's certificate", strings.Replace(at(right, ca+client), "app:", "strict:", 1), true, ""},
				{"no client's certificate", strings.Replace(at(right, ca), "app:", "strict:", 1), false, "Access denied"},
			} {
				w.check(t, query)
			}
			plain, _ := twoAddresses(t, port+1)
			port++
			db = startWith(t, s, append(listen(plain), none)...)
			if err := execAll(t.Context(), db, "CREATE USER app@'%' IDENTIFIED BY 'pw'", "GRANT ALL ON *.* TO app@'%'"); err != nil {
				t.Fatal(err)
			}
			for _, w := range []try{
				{"preferred without TLS", at(plain, "ssl-mode=PREFERRED"), false, ""},
				{"required without TLS", at(plain, "ssl-mode=REQUIRED"), false, "TLS requested but server does not support TLS"},
				{"an authority without TLS", at(plain, ca), false, "TLS requested but server does not support TLS"},
				{"tls=skip-verify without TLS", at(plain, "tls=skip-verify"), false, "TLS requested but server does not support TLS"},
			} {
				w.check(t, query)
			}
		})
	}
}
