#!/usr/bin/env python3
"""Writes the table of Kubernetes' own schemas that `holystone scan` holds objects against.

    tools/schema.py > src/schema/kubernetes.txt

The source is the module `k8s.io/kubernetes` of the version that tests/control-plane/go pins: its
OpenAPI document, and for the values of enumerations, which that document leaves out, the generated
code that the API server publishes its own document from.
"""

import json
import re
import subprocess
import sys
from collections import deque
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

HEADER = """\
# Kubernetes {version} ({date}): the schemas of what can be created, by the names of its OpenAPI document.
# Written by tools/schema.py; `just schema` writes it anew.
#
# A type, and the version and kind that it is; below it a field a line, `!` where it is required.
# []T is a list of T, {{}}T a map of T, (a|b) one of these texts; `any` is not looked into."""

# Types with a decoder of their own.
DECODED = {
    "api.resource.Quantity": "quantity",
    "util.intstr.IntOrString": "int-or-string",
    "meta.v1.Time": "time",
    "meta.v1.MicroTime": "micro-time",
    "meta.v1.FieldsV1": "any",
    "pkg.runtime.RawExtension": "any",
    "apiextensions.v1.JSON": "any",
    # What is below of these is decoded without a look at unknown fields.
    "apiextensions.v1.JSONSchemaPropsOrArray": "any",
    "apiextensions.v1.JSONSchemaPropsOrBool": "any",
    "apiextensions.v1.JSONSchemaPropsOrStringArray": "any",
}

# Required in the document, and not asked for by the API server, which takes what Go puts there. Found
# by leaving out each required field of each kind; types are named without their version.
NOT_REQUIRED = {
    "apiextensions.CustomResourceDefinitionVersion.served",
    "apps.ControllerRevision.revision",
    "batch.PodFailurePolicy.rules",
    "core.ConfigMapNodeConfigSource.kubeletConfigKey",
    "core.ConfigMapNodeConfigSource.name",
    "core.ConfigMapNodeConfigSource.namespace",
    "core.Event.involvedObject",
    "core.HTTPHeader.value",
    "core.ISCSIPersistentVolumeSource.lun",
    "core.ISCSIVolumeSource.lun",
    "core.LimitRangeSpec.limits",
    "core.PreferredSchedulingTerm.preference",
    "core.ScaleIOPersistentVolumeSource.secretRef",
    "core.ScaleIOVolumeSource.secretRef",
    "core.SleepAction.seconds",
    "core.Sysctl.value",
    "discovery.ForZone.name",
    "meta.GroupResource.group",
    "resource.CapacityRequestPolicyRange.min",
    "resource.Counter.value",
    "resource.DeviceCapacity.value",
    "resource.DeviceClass.spec",
    "resource.ResourceClaim.spec",
    "resource.ResourceClaimTemplate.spec",
    "resource.ResourceClaimTemplateSpec.spec",
    "resource.ResourcePool.generation",
    "storage.CSIDriver.spec",
    "storage.CSINode.spec",
    "storage.CSINodeSpec.drivers",
    "storage.TokenRequest.audience",
}

# Types that have no fields.
EMPTY = {
    "apiextensions.v1.CustomResourceSubresourceStatus",
    "apiserverinternal.v1alpha1.StorageVersionSpec",
    "scheduling.v1alpha2.BasicSchedulingPolicy",
}

SCALARS = {
    ("string", None): "string",
    ("string", "byte"): "bytes",
    ("boolean", None): "bool",
    ("integer", "int32"): "int32",
    ("integer", "int64"): "int64",
    ("number", "double"): "number",
}


def pinned_module():
    """Folder, version and date of k8s.io/kubernetes."""
    command = ["go", "list", "-m", "-json", "k8s.io/kubernetes"]
    folder = ROOT / "tests/control-plane/go"
    module = json.loads(subprocess.check_output(command, cwd=folder))
    if "Dir" not in module:
        sys.exit(f"k8s.io/kubernetes is not there; run `go mod download` in {folder}")
    return Path(module["Dir"]), module["Version"], module["Time"][:10]


def short(name):
    """io.k8s.api.core.v1.Pod is core.v1.Pod."""
    return ".".join(name.split(".")[-3:])


def read_enumerations(source):
    """The values by type and field, from the Go code that describes the types."""
    enumerations = {}
    kind, fields = None, []
    for line in source.splitlines():
        if found := re.match(r"func schema_(\w+)\(", line):
            kind = ".".join(found[1].split("_")[-3:])
        elif found := re.match(r'(\t+)"(\w+)": \{$', line):
            fields = [field for field in fields if field[0] < len(found[1])]
            fields.append((len(found[1]), found[2]))
        elif found := re.match(r"\t+Enum: +\[\]interface\{\}\{(.*)\},", line):
            enumerations[kind, fields[-1][1]] = json.loads(f"[{found[1]}]")
    if len(enumerations) != source.count("Enum:"):
        sys.exit("the generated code has enumerations that are not understood")
    return enumerations


def is_demanded(name, field):
    group, _, kind = name.split(".")
    return f"{group}.{kind}.{field}" not in NOT_REQUIRED


class Writer:
    """Writes types, those below of the first ones included."""

    def __init__(self, definitions, enumerations):
        self.definitions = {short(name): schema for name, schema in definitions.items()}
        if len(self.definitions) != len(definitions):
            sys.exit("two types have the same short name")
        self.enumerations = enumerations

    def shape(self, owner, field, schema):
        """The type of a field, in a word."""
        if "$ref" in schema:
            name = short(schema["$ref"])
            return DECODED.get(name, name)
        if schema["type"] == "array":
            return "[]" + self.shape(owner, field, schema["items"])
        if schema["type"] == "object" and "additionalProperties" in schema:
            return "{}" + self.shape(owner, field, schema["additionalProperties"])
        scalar = SCALARS[schema["type"], schema.get("format")]
        values = [value for value in self.enumerations.get((owner, field), []) if value]
        return f"({'|'.join(values)})" if values and scalar == "string" else scalar

    def write(self, kinds):
        """The types that these kinds are made of."""
        seen, waiting = set(kinds), deque(kinds)
        blocks = {}
        while waiting:
            name = waiting.popleft()
            schema = self.definitions[name]
            if ("properties" in schema) == (name in EMPTY):
                sys.exit(f"{name} has to be named in DECODED or in EMPTY, or has not")
            required = [f for f in schema.get("required", []) if is_demanded(name, f)]
            lines = [" ".join([name, *kinds.get(name, ())])]
            for field, below in sorted(schema.get("properties", {}).items()):
                shape = self.shape(name, field, below)
                lines.append(f" {field}{'!' if field in required else ''} {shape}")
                inner = shape.removeprefix("[]").removeprefix("{}").removeprefix("[]")
                if inner in self.definitions and inner not in seen:
                    seen.add(inner)
                    waiting.append(inner)
            blocks[name] = "\n".join(lines)
        return "\n".join(blocks[name] for name in sorted(blocks))


def creatable(document):
    """The types that can be created by themselves, each with its version and kind."""
    kinds = {}
    for path, operations in document["paths"].items():
        post = operations.get("post", {})
        if post.get("x-kubernetes-action") == "post" and "{name}" not in path:
            body = next(part for part in post["parameters"] if part["in"] == "body")
            gvk = post["x-kubernetes-group-version-kind"]
            version = f"{gvk['group']}/{gvk['version']}".removeprefix("/")
            kinds[short(body["schema"]["$ref"])] = (version, gvk["kind"])
    return kinds


def main():
    folder, version, date = pinned_module()
    document = json.loads((folder / "api/openapi-spec/swagger.json").read_text())
    generated = folder / "pkg/generated/openapi/zz_generated.openapi.go"
    writer = Writer(document["definitions"], read_enumerations(generated.read_text()))
    print(HEADER.format(version=version.removeprefix("v"), date=date))
    print(writer.write(creatable(document)))


main()
