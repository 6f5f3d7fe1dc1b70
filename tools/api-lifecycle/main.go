// Command api-lifecycle writes the table of when each API version of each built-in kind was introduced,
// deprecated and removed, from the Go types of one release of each minor version of Kubernetes.
//
//	go run . > ../../src/model/api_lifecycle.txt
package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"time"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "api-lifecycle:", err)
		os.Exit(1)
	}
}

func run() error {
	table := map[gvk]lifecycle{}
	var published time.Time
	for index, release := range releases {
		kinds := map[gvk]lifecycle{}
		for _, name := range release.moduleNames() {
			module, err := download(name, release.version)
			if err != nil {
				return err
			}
			if err := readModule(module.folder, kinds); err != nil {
				return err
			}
			published = module.published
		}
		merge(table, kinds, release.minor, index == 0)
	}
	if err := correct(table); err != nil {
		return err
	}
	replace(table, releases[len(releases)-1].minor)
	print(table, releases[len(releases)-1], published)
	return nil
}

func (r release) moduleNames() []string {
	if r.modules != nil {
		return r.modules
	}
	return []string{api, extensions, aggregator}
}

type module struct {
	folder    string
	published time.Time
}

// download asks the go command, which compares what it gets with the checksum database.
func download(name, version string) (module, error) {
	fmt.Fprintf(os.Stderr, "%s@%s\n", name, version)
	output, failure := exec.Command("go", "mod", "download", "-json", name+"@"+version).Output()
	var answer struct{ Dir, Info, Error string }
	if err := json.Unmarshal(output, &answer); err != nil {
		return module{}, fmt.Errorf("download of %s %s: %w", name, version, cmp.Or(failure, err))
	}
	if answer.Error != "" {
		return module{}, fmt.Errorf("%s", answer.Error)
	}
	text, err := os.ReadFile(answer.Info)
	if err != nil {
		return module{}, err
	}
	var info struct{ Time time.Time }
	return module{answer.Dir, info.Time}, json.Unmarshal(text, &info)
}

// merge takes over what a newer release says. A kind that it no longer has was removed in it, unless
// it was to be removed even earlier.
func merge(table, kinds map[gvk]lifecycle, minor int, isOldest bool) {
	for kind, life := range kinds {
		known, isKnown := table[kind]
		if life.introduced == 0 {
			life.introduced = known.introduced
		}
		if life.introduced == 0 && !isKnown && !isOldest {
			life.introduced = minor
		}
		table[kind] = life
	}
	for kind, life := range table {
		if _, exists := kinds[kind]; !exists && (life.removed == 0 || life.removed > minor) {
			life.removed = minor
			table[kind] = life
		}
	}
}

// correct applies what the types do not say of themselves, and drops a deprecation that was to come
// after the removal.
func correct(table map[gvk]lifecycle) error {
	for kind, minor := range stoppedEarlier {
		life, exists := table[kind]
		if !exists || life.removed != 0 && life.removed <= minor {
			return fmt.Errorf("the correction of %s needs no more", name(kind))
		}
		life.removed = minor
		table[kind] = life
	}
	for kind, life := range table {
		if life.removed != 0 && life.deprecated >= life.removed {
			life.deprecated = 0
			table[kind] = life
		}
	}
	return nil
}

// replace follows replacements to one that is not on its way out itself. Where the types name none, it
// is the best version of the same kind.
func replace(table map[gvk]lifecycle, newest int) {
	isServed := func(kind gvk) bool {
		life, exists := table[kind]
		return exists && (life.removed == 0 || life.removed > newest)
	}
	final := map[gvk]gvk{}
	for kind, life := range table {
		if life.removed == 0 && life.deprecated == 0 {
			continue
		}
		target := life.replacement
		for table[target].replacement.kind != "" {
			target = table[target].replacement
		}
		if !isServed(target) {
			target = gvk{}
		}
		for other := range table {
			if other.group == kind.group && other.kind == kind.kind && isServed(other) &&
				rank(other.version) > rank(kind.version) &&
				(target.kind == "" || target.kind == kind.kind && target.group == kind.group) &&
				rank(other.version) > rank(target.version) {
				target = other
			}
		}
		final[kind] = target
	}
	for kind, target := range final {
		life := table[kind]
		life.replacement = target
		table[kind] = life
	}
}

// rank orders versions as the API server prefers them: v1alpha1 < v1beta1 < v1 < v2.
func rank(version string) int {
	var major, stage, number int
	if count, _ := fmt.Sscanf(version, "v%dalpha%d", &major, &number); count == 2 {
		stage = 1
	} else if count, _ := fmt.Sscanf(version, "v%dbeta%d", &major, &number); count == 2 {
		stage = 2
	} else if count, _ := fmt.Sscanf(version, "v%d", &major); count == 1 {
		stage = 3
	}
	return stage<<16 + major<<8 + number
}

func print(table map[gvk]lifecycle, newest release, published time.Time) {
	fmt.Printf(`# The life of every built-in API: the minor versions of Kubernetes 1.x in which it was introduced (0: in
# 1.0, or before our oldest release), deprecated, and removed or will be, and what replaces it.
# Kubernetes 1.%d (modules %s of %s). Written by `+"`just api-lifecycle`"+`.
# apiVersion kind introduced deprecated removed replacement
`, newest.minor, newest.version, published.Format(time.DateOnly))
	kinds := slices.SortedFunc(maps.Keys(table), func(one, other gvk) int {
		return cmp.Or(cmp.Compare(one.apiVersion(), other.apiVersion()), cmp.Compare(one.kind, other.kind))
	})
	for _, kind := range kinds {
		life := table[kind]
		fmt.Println(name(kind), life.introduced, minorOrNone(life.deprecated), minorOrNone(life.removed),
			name(life.replacement))
	}
}

func minorOrNone(minor int) string {
	if minor == 0 {
		return "-"
	}
	return strconv.Itoa(minor)
}

func name(kind gvk) string {
	if kind.kind == "" {
		return "-"
	}
	return kind.apiVersion() + " " + kind.kind
}
