package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"
)

// A kind of one API version.
type gvk struct{ group, version, kind string }

func (k gvk) apiVersion() string {
	if k.group == "" {
		return k.version
	}
	return k.group + "/" + k.version
}

// The life of a kind in minor versions; zero where nothing is known: introduced before our oldest
// release, never deprecated, never removed.
type lifecycle struct {
	introduced, deprecated, removed int
	replacement                     gvk
}

// Groups and kinds that look like resources and that no API server serves: the protocol of a webhook
// and of discovery, and types that are only stored or only part of others.
var (
	groupsNotServed = map[string]bool{"imagepolicy.k8s.io": true, "apidiscovery.k8s.io": true}
	kindsNotServed  = map[string]bool{"JobTemplate": true, "PodStatusResult": true, "RangeAllocation": true}
)

// readModule adds the kinds of every package below a folder that names a group and is named as a version.
func readModule(folder string, kinds map[gvk]lifecycle) error {
	return filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.IsDir() {
			return err
		}
		if entry.Name() == "testdata" || entry.Name() == "vendor" {
			return fs.SkipDir
		}
		if !isVersion(entry.Name()) {
			return nil
		}
		return readPackage(path, kinds)
	})
}

func isVersion(name string) bool {
	return len(name) > 1 && name[0] == 'v' && name[1] >= '1' && name[1] <= '9'
}

func readPackage(folder string, kinds map[gvk]lifecycle) error {
	files, err := filepath.Glob(filepath.Join(folder, "*.go"))
	if err != nil {
		return err
	}
	group, named, found := "", false, map[string]lifecycle{}
	objects := map[string]bool{}
	for _, path := range files {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		for _, declaration := range file.Decls {
			switch declaration := declaration.(type) {
			case *ast.GenDecl:
				for _, spec := range declaration.Specs {
					if name, ok := groupName(spec); ok {
						group, named = name, true
					}
					if name, ok := objectType(spec); ok {
						objects[name] = true
					}
				}
			case *ast.FuncDecl:
				if err := readMethod(declaration, found); err != nil {
					return fmt.Errorf("%s: %w", path, err)
				}
			}
		}
	}
	if !named || groupsNotServed[group] {
		return nil
	}
	for kind := range objects {
		if !kindsNotServed[kind] {
			kinds[gvk{group, filepath.Base(folder), kind}] = found[kind]
		}
	}
	return nil
}

// groupName reads `const GroupName = "apps"`.
func groupName(spec ast.Spec) (string, bool) {
	value, ok := spec.(*ast.ValueSpec)
	if !ok || len(value.Names) != 1 || value.Names[0].Name != "GroupName" || len(value.Values) != 1 {
		return "", false
	}
	return text(value.Values[0]), true
}

// objectType gives the name of a struct with TypeMeta and ObjectMeta: lists, options and parts of
// objects lack one of them.
func objectType(spec ast.Spec) (string, bool) {
	declared, ok := spec.(*ast.TypeSpec)
	if !ok {
		return "", false
	}
	structure, ok := declared.Type.(*ast.StructType)
	if !ok {
		return "", false
	}
	embedded := map[string]bool{}
	for _, field := range structure.Fields.List {
		if selector, ok := field.Type.(*ast.SelectorExpr); ok && len(field.Names) == 0 {
			embedded[selector.Sel.Name] = true
		}
	}
	return declared.Name.Name, embedded["TypeMeta"] && embedded["ObjectMeta"]
}

// readMethod reads `func (in *Deployment) APILifecycleRemoved() (major, minor int) { return 1, 16 }`.
func readMethod(method *ast.FuncDecl, found map[string]lifecycle) error {
	what, ok := strings.CutPrefix(method.Name.Name, "APILifecycle")
	if !ok || method.Recv == nil {
		return nil
	}
	pointer, ok := method.Recv.List[0].Type.(*ast.StarExpr)
	if !ok {
		return fmt.Errorf("%s has an unexpected receiver", method.Name.Name)
	}
	kind := pointer.X.(*ast.Ident).Name
	answer, ok := method.Body.List[0].(*ast.ReturnStmt)
	if !ok {
		return fmt.Errorf("%s of %s does more than return", method.Name.Name, kind)
	}
	life := found[kind]
	switch what {
	case "Introduced":
		life.introduced = minor(answer)
	case "Deprecated":
		life.deprecated = minor(answer)
	case "Removed":
		life.removed = minor(answer)
	case "Replacement":
		fields := map[string]string{}
		for _, element := range answer.Results[0].(*ast.CompositeLit).Elts {
			pair := element.(*ast.KeyValueExpr)
			fields[pair.Key.(*ast.Ident).Name] = text(pair.Value)
		}
		life.replacement = gvk{fields["Group"], fields["Version"], fields["Kind"]}
	default:
		return fmt.Errorf("%s of %s is not known", method.Name.Name, kind)
	}
	found[kind] = life
	return nil
}

// minor reads `return 1, 16`.
func minor(answer *ast.ReturnStmt) int {
	number, _ := strconv.Atoi(answer.Results[1].(*ast.BasicLit).Value)
	return number
}

func text(expression ast.Expr) string {
	literal, ok := expression.(*ast.BasicLit)
	if !ok {
		return ""
	}
	value, _ := strconv.Unquote(literal.Value)
	return value
}
