package main

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/gobwas/glob"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// collectFiles reads the files that assetPaths and archivePaths name.
func collectFiles(dir string, state *LocalState) error {
	assets, err := findAssets(dir, state.AssetPaths)
	if err != nil {
		return fmt.Errorf("assetPaths: %w", err)
	}
	state.Assets = assets
	state.Archive = nil
	if state.ArchivePaths == nil {
		return nil
	}
	files, err := findAssets(dir, state.ArchivePaths)
	if err != nil {
		return fmt.Errorf("archivePaths: %w", err)
	}
	members := map[string]any{}
	for path, asset := range files {
		members[path] = asset
	}
	state.Archive, err = resource.NewAssetArchive(members)
	return err
}

// findAssets returns the files under dir, by their path relative to it, that the patterns choose.
// Patterns are tried in turn and the last that matches decides; one that starts with "!" leaves a
// file out. "*" stays within a folder, "**" does not.
func findAssets(dir string, patterns []string) (map[string]*resource.Asset, error) {
	if patterns == nil {
		return nil, nil
	}
	rules, err := parseRules(patterns)
	if err != nil {
		return nil, err
	}
	assets := map[string]*resource.Asset{}
	err = fs.WalkDir(os.DirFS(dir), ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !chosen(rules, path) {
			return err
		}
		assets[path], err = resource.NewPathAsset(filepath.Join(dir, path))
		return err
	})
	return assets, err
}

type rule struct {
	glob    glob.Glob
	exclude bool
}

func parseRules(patterns []string) ([]rule, error) {
	rules := make([]rule, len(patterns))
	for i, pattern := range patterns {
		pattern, exclude := strings.CutPrefix(pattern, "!")
		compiled, err := glob.Compile(pattern, '/')
		if err != nil {
			return nil, fmt.Errorf("%q is not a glob: %w", patterns[i], err)
		}
		rules[i] = rule{compiled, exclude}
	}
	return rules, nil
}

func chosen(rules []rule, path string) (yes bool) {
	for _, r := range rules {
		if r.glob.Match(path) {
			yes = !r.exclude
		}
	}
	return yes
}
