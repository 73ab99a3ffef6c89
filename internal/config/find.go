package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Names are the names that a configuration file may have.
func Names() []string {
	return []string{"safemig.yml", "safemig.yaml", ".safemig.yml", ".safemig.yaml"}
}

// Find is the nearest configuration file, from dir up to the folder that has
// .git; empty where there is none. Outside a repository only dir itself is
// looked at: what lies further up belongs to somebody else.
func Find(dir string) (string, error) {
	folders, err := upToRepository(dir)
	if err != nil {
		return "", err
	}
	for _, folder := range folders {
		name, err := in(folder)
		if name != "" || err != nil {
			return name, err
		}
	}
	return "", nil
}

// Root is the nearest folder up from dir that has .git, else dir itself.
func Root(dir string) (string, error) {
	folders, err := upToRepository(dir)
	if err != nil {
		return "", err
	}
	return folders[len(folders)-1], nil
}

func upToRepository(dir string) ([]string, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("looking for a configuration: %w", err)
	}
	folders := []string{dir}
	for {
		here := folders[len(folders)-1]
		is, err := exists(filepath.Join(here, ".git"))
		if err != nil {
			return nil, err
		}
		up := filepath.Dir(here)
		switch {
		case is:
			return folders, nil
		case up == here:
			return folders[:1], nil
		}
		folders = append(folders, up)
	}
}

// in is the configuration file of a folder; two of them are one too many.
func in(folder string) (string, error) {
	found := ""
	for _, name := range Names() {
		name = filepath.Join(folder, name)
		is, err := exists(name)
		switch {
		case err != nil:
			return "", err
		case is && found != "":
			return "", fmt.Errorf("there are two configurations, %s and %s: keep one", found, name)
		case is:
			found = name
		}
	}
	return found, nil
}

func exists(name string) (bool, error) {
	_, err := os.Stat(name)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("looking for a configuration: %w", err)
	}
	return true, nil
}
