#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""structure.py ROOT: what can be said of the chart without helm: values, schema, examples and templates agree."""
import json
import pathlib
import re
import sys

import yaml

ROOT = pathlib.Path(sys.argv[1])
CHART = ROOT / "helm" / "forewarn"
MIB = 1 << 20
violations = []


def say(where, what):
    violations.append(f"{where}: {what}")


def resolved(node, schema):
    if "$ref" in node:
        return schema["definitions"][node["$ref"].rsplit("/", 1)[1]]
    return node


def check_keys(values, node, schema, path=""):
    """Every key is known to the schema."""
    node = resolved(node, schema)
    if isinstance(values, list):
        for index, item in enumerate(values):
            check_keys(item, node.get("items", {}), schema, f"{path}[{index}]")
    if not isinstance(values, dict) or "properties" not in node:
        return
    for key, value in values.items():
        if key in node["properties"]:
            check_keys(value, node["properties"][key], schema, f"{path}.{key}")
        elif node.get("additionalProperties") is False:
            say(f"values{path}.{key}", "is not in values.schema.json")


def check_strict(node, schema, path=""):
    """Our own keys are all there are."""
    node = resolved(node, schema)
    if "properties" in node and node.get("additionalProperties") is not False:
        say(f"values.schema.json{path}", "takes keys that nobody reads")
    for key, child in node.get("properties", {}).items():
        check_strict(child, schema, f"{path}.{key}")


def check_complete(values, node, schema, path=""):
    """Every key of the schema has its default in values.yaml."""
    node = resolved(node, schema)
    for key, child in node.get("properties", {}).items():
        if key == "global" or not isinstance(values, dict):
            continue
        if key not in values and not path.endswith(".resources"):
            say(f"values.yaml{path}.{key}", "has no default")
        elif key in values:
            check_complete(values[key], child, schema, f"{path}.{key}")


def check_references(file, text, values):
    for reference in re.findall(r"\.Values\.([A-Za-z][\w.]*)", text):
        at = values
        for key in reference.rstrip(".").split("."):
            if not isinstance(at, dict) or key not in at:
                say(file.name, f".Values.{reference} is not in values.yaml")
                break
            at = at[key]


def check_template(file, values):
    text = file.read_text()
    if "SPDX-License-Identifier: Apache-2.0" not in text and file.suffix != ".txt":
        say(file.name, "has no SPDX line")
    if text.count("{{") != text.count("}}"):
        say(file.name, "{{ and }} are not in pairs")
    actions = re.findall(r"\{\{-?\s*(if|range|with|define|end)\b", text)
    if actions.count("end") * 2 != len(actions):
        say(file.name, "if, range, with, define and their end are not in pairs")
    if re.search(r"^kind: Secret$", text, re.M):
        say(file.name, "the chart makes no secret")
    if "containers:" in text and "automountServiceAccountToken: false" not in text:
        say(file.name, "its pods get a service account token")
    if "libvirt" in text and file.name in ("exporter.yaml", "services.yaml"):
        say(file.name, "only webhook and reverter reach libvirt")
    check_references(file, text, values)


def check_files():
    for name in ("rules", "dashboards"):
        if (CHART / "files" / name).resolve() != (ROOT / name).resolve():
            say(f"files/{name}", f"is not the tree's {name}/")
    for file in (CHART / "files" / "rules").glob("*.rules.yaml"):
        if list(yaml.safe_load(file.read_text())) != ["groups"]:
            say(file.name, "is no specification of a PrometheusRule")
    for file in (CHART / "files" / "dashboards").glob("*.json"):
        json.loads(file.read_text())
        if file.stat().st_size > MIB:
            say(file.name, "is too large for a ConfigMap")


def check_version():
    version = re.search(r"^project\(forewarn VERSION (\S+)", (ROOT / "CMakeLists.txt").read_text(), re.M)[1]
    if yaml.safe_load((CHART / "Chart.yaml").read_text())["appVersion"] != version:
        say("Chart.yaml", f"appVersion is not {version}")
    if f"ARG VERSION={version}\n" not in (ROOT / "packaging" / "Containerfile").read_text():
        say("Containerfile", f"VERSION is not {version}")


def check_hardening(values):
    pod, container = values["podSecurityContext"], values["securityContext"]
    wanted = pod["runAsNonRoot"] is True and pod["runAsUser"] > 0 and pod["seccompProfile"]["type"] == "RuntimeDefault"
    if not wanted:
        say("podSecurityContext", "is not that of an unprivileged user")
    if not (container["readOnlyRootFilesystem"] is True and container["allowPrivilegeEscalation"] is False
            and container["capabilities"] == {"drop": ["ALL"]}):
        say("securityContext", "is not that of an unprivileged container")


def main():
    values = yaml.safe_load((CHART / "values.yaml").read_text())
    schema = json.loads((CHART / "values.schema.json").read_text())
    check_keys(values, schema, schema)
    check_strict(schema, schema)
    check_complete(values, schema, schema)
    examples = sorted((CHART / "ci").glob("*-values.yaml"))
    for example in examples:
        check_keys(yaml.safe_load(example.read_text()), schema, schema, f" of ci/{example.name}")
    templates = [file for file in sorted((CHART / "templates").rglob("*")) if file.is_file()]
    for template in templates:
        check_template(template, values)
    check_files()
    check_hardening(values)
    check_version()
    print(f"{len(templates)} templates, {len(examples)} examples: {len(violations)} violations", *violations, sep="\n")
    return 1 if violations or not examples or not templates else 0


if __name__ == "__main__":
    sys.exit(main())
