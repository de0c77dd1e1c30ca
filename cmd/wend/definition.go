package main

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"wend.dev/wend/httpapi"
)

type exportCmd struct {
	remote
	Dir string `arg:"" type:"path" help:"Folder to write into; files of the same name are replaced."`
}

func (c *exportCmd) Run(ctx context.Context, s streams) error {
	var answer struct {
		Files []httpapi.File `json:"files"`
	}
	if err := c.call(ctx, "GET", "/api/v1/definitions", nil, &answer); err != nil {
		return err
	}
	for _, f := range answer.Files {
		if !filepath.IsLocal(f.Name) {
			return fmt.Errorf("the server named a file outside the folder: %q", f.Name)
		}
		path := filepath.Join(c.Dir, f.Name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, []byte(f.Text), 0o644); err != nil {
			return err
		}
	}
	fmt.Fprintf(s.out, "%d definitions written to %s\n", len(answer.Files), c.Dir)
	return nil
}

type diffCmd struct {
	remote
	Dir   string `arg:"" type:"existingdir" help:"Folder with definition files."`
	Prune bool   `help:"Also show what is on the server and not in the folder."`
}

func (c *diffCmd) Run(ctx context.Context, s streams) error {
	_, err := change(ctx, c.remote, s, c.Dir, httpapi.Change{DryRun: true, Prune: c.Prune})
	return err
}

type applyCmd struct {
	remote
	Dir   string `arg:"" type:"existingdir" help:"Folder with definition files."`
	Prune bool   `help:"Delete (restorably) what is on the server and not in the folder."`
}

func (c *applyCmd) Run(ctx context.Context, s streams) error {
	plan, err := change(ctx, c.remote, s, c.Dir, httpapi.Change{Prune: c.Prune})
	if err == nil && plan.Applied {
		fmt.Fprintln(s.out, "applied")
	}
	return err
}

func change(ctx context.Context, r remote, s streams, dir string, ask httpapi.Change) (plan httpapi.Plan, err error) {
	if ask.Files, err = definitionFiles(dir); err != nil {
		return plan, err
	}
	if err := r.call(ctx, "POST", "/api/v1/definitions/apply", ask, &plan); err != nil {
		return plan, err
	}
	if len(plan.Problems) > 0 {
		for _, p := range plan.Problems {
			fmt.Fprintf(s.errs, "%s:%d:%d: %s\n", filepath.Join(dir, p.File), p.Line, p.Column, p.Text)
		}
		return plan, reported{fmt.Errorf("%d problems", len(plan.Problems))}
	}
	for _, item := range plan.Items {
		if item.Action == "unchanged" {
			continue
		}
		fmt.Fprintf(s.out, "%s %s %s\n", item.Action, strings.ToLower(item.Kind), item.ID)
		if item.Diff != "" {
			fmt.Fprintln(s.out, item.Diff)
		}
	}
	unchanged := slices.IndexFunc(plan.Items, func(i httpapi.PlanItem) bool { return i.Action != "unchanged" }) < 0
	if unchanged {
		fmt.Fprintf(s.out, "%d definitions, nothing to change\n", len(plan.Items))
	}
	return plan, nil
}

// definitionFiles reads every .yaml file under a folder that holds definitions. An import mapping may lie beside
// them: it is no definition and left out.
func definitionFiles(dir string) (files []httpapi.File, err error) {
	err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".yaml" && filepath.Ext(path) != ".yml" {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if strings.Contains("\n"+string(text), "\nkind: Mapping\n") {
			return nil
		}
		name, err := filepath.Rel(dir, path)
		files = append(files, httpapi.File{Name: filepath.ToSlash(name), Text: string(text)})
		return err
	})
	if err == nil && len(files) == 0 {
		err = fmt.Errorf("%s holds no .yaml files", dir)
	}
	return files, err
}
