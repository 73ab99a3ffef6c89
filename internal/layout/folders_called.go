package layout

import (
	"path/filepath"
)

// deepestFolder is how far below a project its folders of what waits are looked for.
const deepestFolder = 5

// FoldersCalled are the folders of a name below another one, which need not be there.
// What version control and package managers keep is not looked into.
func FoldersCalled(root, name string) ([]string, error) {
	t, err := newTree()
	if err != nil {
		return nil, err
	}
	var out []string
	t.called(root, name, deepestFolder, &out)
	return out, nil
}

func (t *tree) called(dir, name string, depth int, out *[]string) {
	names, err := t.list(dir)
	if err != nil || depth == 0 {
		return // a folder that is not for us
	}
	for _, below := range names.dirs {
		switch {
		case skipsDir(below):
		case below == name:
			*out = append(*out, filepath.Join(dir, below))
		default:
			t.called(filepath.Join(dir, below), name, depth-1, out)
		}
	}
}
