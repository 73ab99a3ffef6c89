package report

import (
	"encoding/xml"
	"io"
)

type checkstyleXML struct {
	XMLName xml.Name         `xml:"checkstyle"`
	Version string           `xml:"version,attr"`
	Files   []checkstyleFile `xml:"file"`
}

type checkstyleFile struct {
	Name   string            `xml:"name,attr"`
	Errors []checkstyleError `xml:"error"`
}

type checkstyleError struct {
	Line     int    `xml:"line,attr"`
	Column   int    `xml:"column,attr"`
	Severity string `xml:"severity,attr"`
	Message  string `xml:"message,attr"`
	Source   string `xml:"source,attr"`
}

// Checkstyle writes the XML of Checkstyle, which Jenkins and others read. Its
// severities have the names of safemig's.
// https://github.com/checkstyle/checkstyle/blob/master/src/main/java/com/puppycrawl/tools/checkstyle/XMLLogger.java
func Checkstyle(w io.Writer, r *Lint) error {
	out := checkstyleXML{Version: "4.3"}
	for _, file := range r.byFile() {
		to := checkstyleFile{Name: cleanName(file.path)}
		for i := range file.about {
			f := &file.about[i]
			to.Errors = append(to.Errors, checkstyleError{
				Line: f.Start.Line, Column: f.Start.Column, Severity: f.Severity.String(), Message: f.sentence(), Source: "safemig." + f.Rule,
			})
		}
		out.Files = append(out.Files, to)
	}
	return encodeXML(w, out)
}

func encodeXML(w io.Writer, v any) error {
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	e := xml.NewEncoder(w)
	e.Indent("", "  ")
	if err := e.Encode(v); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}
