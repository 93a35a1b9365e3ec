// The other side of the signed notes: Go's sumdb/note, which is independent
// of this program.
//
//	make.go write DIR                 makes the vectors of this folder
//	make.go open FILE KEY...          opens a note; prints "ok N", "denied"
//	                                  or "invalid"
//	make.go sign FILE PRIVATE-KEY...  signs the text in FILE, to stdout
package main

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/sumdb/note"
)

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
}

// keys gives a pair that depends on the name alone, so that the vectors do
// not change when they are made again.
func keys(name string) (string, string) {
	seed := sha256.Sum256([]byte("sluice test key " + name))
	public := ed25519.NewKeyFromSeed(seed[:]).Public().(ed25519.PublicKey)
	typed := append([]byte{1}, public...)
	sum := sha256.Sum256(append([]byte(name+"\n"), typed...))
	id := binary.BigEndian.Uint32(sum[:])
	private := fmt.Sprintf("PRIVATE+KEY+%s+%08x+%s", name, id,
		base64.StdEncoding.EncodeToString(append([]byte{1}, seed[:]...)))
	verifier := fmt.Sprintf("%s+%08x+%s", name, id,
		base64.StdEncoding.EncodeToString(typed))
	return private, verifier
}

func open(data []byte, verifiers []string) string {
	var list []note.Verifier
	for _, key := range verifiers {
		v, err := note.NewVerifier(key)
		check(err)
		list = append(list, v)
	}
	n, err := note.Open(data, note.VerifierList(list...))
	switch err.(type) {
	case nil:
		return fmt.Sprintf("ok %d", len(n.Sigs))
	case *note.InvalidSignatureError, *note.UnverifiedNoteError:
		return "denied"
	}
	return "invalid"
}

func sign(text string, private ...string) []byte {
	var signers []note.Signer
	for _, key := range private {
		s, err := note.NewSigner(key)
		check(err)
		signers = append(signers, s)
	}
	data, err := note.Sign(&note.Note{Text: text}, signers...)
	check(err)
	return data
}

// write makes one file a case, named by the class of result that Go gives.
func write(dir string) {
	server, serverKey := keys("comms.example")
	witness, witnessKey := keys("witness.example/w1")
	unknown, _ := keys("stranger")
	impostor, _ := keys("impostor")
	known := []string{serverKey, witnessKey}
	check(os.WriteFile(filepath.Join(dir, "keys.txt"),
		[]byte(strings.Join(known, "\n")+"\n"), 0644))
	check(os.WriteFile(filepath.Join(dir, "signer.txt"),
		[]byte(server+"\n"), 0644))

	text := "sluice.receipt/v1\ndevice EX7-004211\nbytes 3912\n"
	good := sign(text, server)
	both := sign(text, server, witness, unknown)
	line := func(data []byte) string {
		return string(data[bytes.LastIndex(data, []byte("\u2014")):])
	}
	stolen := strings.Replace(line(sign(text, impostor)), "impostor",
		"comms.example", 1)
	many := ""
	for i := 0; i < 20; i++ {
		other, _ := keys(fmt.Sprintf("other%d", i))
		many += line(sign(text, other))
	}
	cases := map[string]string{
		"one-signature":         string(good),
		"three-signatures":      string(both),
		"twenty-strangers":      text + "\n" + many + line(good),
		"same-signature-twice":  string(good) + line(good),
		"empty-lines-in-text":   string(sign("a\n\nb\n\n", server)),
		"one-line":              string(sign("\n", server)),
		"utf8-text":             string(sign("Grünkohl — \u2014 x\n", server)),
		"stranger-only":         string(sign(text, unknown)),
		"name-with-other-id":    text + "\n" + stolen,
		"changed-text":          strings.Replace(string(good), "3912", "3913", 1),
		"one-good-one-bad":      string(sign(text, server)) + line(sign("x\n", witness)),
		"no-signature":          text,
		"no-signature-line":     text + "\n",
		"no-empty-line":         strings.Replace(string(good), "\n\n", "\n", 1),
		"no-last-line-break":    strings.TrimSuffix(string(good), "\n"),
		"carriage-return":       strings.Replace(string(good), "\n", "\r\n", 1),
		"tab":                   strings.Replace(string(good), "device ", "device\t", 1),
		"bad-utf8":              strings.Replace(string(good), "EX7", "\xff", 1),
		"nul":                   strings.Replace(string(good), "EX7", "\x00", 1),
		"hyphen-for-dash":       strings.Replace(string(good), "\u2014", "-", 1),
		"line-without-name":     text + "\n\u2014 " + strings.SplitN(line(good), " ", 3)[2],
		"line-without-base64":   text + "\n\u2014 comms.example\n",
		"line-with-bad-base64":  text + "\n\u2014 comms.example !!!!\n",
		"line-with-short-bytes": text + "\n\u2014 comms.example AAAA\n",
		"plus-in-name":          text + "\n\u2014 a+b AAAAAAAA\n" + line(good),
		"words-after-signature": string(good) + "more\n",
		"empty":                 "",
	}
	// One bit of the signature itself.
	raw, err := base64.StdEncoding.DecodeString(
		strings.TrimSpace(strings.SplitN(line(good), " ", 3)[2]))
	check(err)
	raw[40] ^= 1
	cases["changed-signature"] = text + "\n\u2014 comms.example " +
		base64.StdEncoding.EncodeToString(raw) + "\n"
	for name, data := range cases {
		class := strings.Fields(open([]byte(data), known))[0]
		path := filepath.Join(dir, class+"-"+name+".note")
		check(os.WriteFile(path, []byte(data), 0644))
	}
}

func main() {
	switch {
	case len(os.Args) == 3 && os.Args[1] == "write":
		write(os.Args[2])
	case len(os.Args) >= 3 && os.Args[1] == "open":
		data, err := os.ReadFile(os.Args[2])
		check(err)
		fmt.Println(open(data, os.Args[3:]))
	case len(os.Args) >= 4 && os.Args[1] == "sign":
		data, err := os.ReadFile(os.Args[2])
		check(err)
		os.Stdout.Write(sign(string(data), os.Args[3:]...))
	default:
		fmt.Fprintln(os.Stderr, "usage: make.go write|open|sign ...")
		os.Exit(2)
	}
}
