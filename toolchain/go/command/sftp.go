package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/pkg/sftp"
)

// copySource copies what args name. Where it lands is as with the official plugin:
//
//	source              RemotePath is a folder   does not exist      is a file
//	file                RemotePath/file          RemotePath          RemotePath, overwritten
//	text                error                    RemotePath          RemotePath, overwritten
//	folder              RemotePath/folder        RemotePath/folder   error
//	folder/ (a slash)   into RemotePath          into RemotePath     error
//
// Missing folders are made.
func copySource(ctx context.Context, args CopyArgs) error {
	connection, err := dial(ctx, args.Connection)
	if err != nil {
		return err
	}
	defer connection.Close()
	transfer, err := sftp.NewClient(connection.Client)
	if err != nil {
		return fmt.Errorf("%s: no SFTP: %w", args.Connection.address(), err)
	}
	defer transfer.Close()
	source := args.Source
	switch {
	case source.Asset != nil && source.Asset.IsText():
		err = remote{transfer}.writeText(source.Asset.Text, args.RemotePath)
	case source.Asset != nil:
		err = remote{transfer}.copyAny(source.Asset.Path, args.RemotePath)
	case source.Archive != nil:
		err = remote{transfer}.copyAny(source.Archive.Path, args.RemotePath)
	default:
		err = errors.New("there is no source")
	}
	if ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	if err != nil {
		return fmt.Errorf("copy to %s: %w", args.Connection.address(), err)
	}
	return nil
}

// remote writes files through SFTP.
type remote struct{ *sftp.Client }

func (r remote) writeText(text, to string) error {
	if isDir, err := r.isDir(to); err != nil {
		return err
	} else if isDir {
		return fmt.Errorf("remotePath %s is a folder; for a text it must name a file", to)
	}
	return r.write(strings.NewReader(text), to)
}

func (r remote) copyAny(from, to string) error {
	info, err := os.Stat(from)
	if err != nil {
		return err
	}
	isDir, err := r.isDir(to)
	if err != nil {
		return err
	}
	if !info.IsDir() {
		if isDir {
			to = path.Join(to, filepath.Base(from))
		}
		return r.copyFile(from, to)
	}
	if !strings.HasSuffix(from, "/") {
		to = path.Join(to, filepath.Base(from))
	}
	return r.copyFolder(from, to)
}

func (r remote) copyFolder(from, to string) error {
	return fs.WalkDir(os.DirFS(from), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			return r.makeFolder(path.Join(to, name))
		}
		return r.copyFile(filepath.Join(from, name), path.Join(to, name))
	})
}

func (r remote) copyFile(from, to string) error {
	file, err := os.Open(from)
	if err != nil {
		return err
	}
	defer file.Close()
	return r.write(file, to)
}

func (r remote) write(content io.Reader, to string) error {
	if err := r.makeFolder(path.Dir(to)); err != nil {
		return err
	}
	file, err := r.Create(to)
	if err != nil {
		return fmt.Errorf("cannot create %s: %w", to, err)
	}
	_, err = file.ReadFrom(content)
	if err = errors.Join(err, file.Close()); err != nil {
		return fmt.Errorf("cannot write %s: %w", to, err)
	}
	return nil
}

func (r remote) makeFolder(folder string) error {
	if err := r.MkdirAll(folder); err != nil {
		return fmt.Errorf("cannot make the folder %s: %w", folder, err)
	}
	return nil
}

// isDir is false where there is nothing.
func (r remote) isDir(name string) (bool, error) {
	info, err := r.Stat(name)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("cannot look at %s: %w", name, err)
	}
	return info.IsDir(), nil
}
