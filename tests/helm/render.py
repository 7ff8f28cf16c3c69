#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""render.py HELM ROOT BINARIES: what helm makes of the chart with each example: lint, objects, and the programs' own word
on their configurations. With the Python package kubernetes-validate, the objects are held to Kubernetes' schemas, too."""
import collections
import pathlib
import re
import secrets
import subprocess
import sys
import tempfile

import yaml

try:
    import kubernetes_validate
except ImportError:
    kubernetes_validate = None

HELM, ROOT, BINARIES = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
CHART = ROOT / "helm" / "forewarn"
KUBERNETES = "1.30"
MAY_REACH_LIBVIRT = {"webhook", "reverter"}
PROGRAMS = {"exporter.yaml": ["forewarn-exporter"], "webhook.yaml": ["forewarn-webhook", "forewarn-reverter"]}
REFUSED = {
    "webhook.replica=2": "not allowed",
    "web.probe=maybe": "one of",
    "exporters[0].name=A_B": "does not match",
    "image.digest=latest": "does not match",
    "webhook.replicas=2": "PostgreSQL",
}
violations = []


def require(holds, where, what):
    if not holds:
        violations.append(f"{where}: {what}")


def helm(*arguments):
    return subprocess.run([HELM, *arguments], capture_output=True, text=True, check=False)


def template(*arguments):
    return helm("template", "release", str(CHART), "--namespace", "ns", "--kube-version", f"{KUBERNETES}.0", *arguments)


def pod_of(item):
    if item["kind"] == "Pod":
        return item["metadata"], item["spec"]
    pod = item.get("spec", {}).get("template", {})
    return (pod["metadata"], pod["spec"]) if "spec" in pod else (None, None)


def check_container(where, container, volumes):
    security = container["securityContext"]
    require(security["readOnlyRootFilesystem"] is True, where, "may write to its image")
    require(security["allowPrivilegeEscalation"] is False, where, "may gain privileges")
    require(security["capabilities"] == {"drop": ["ALL"]}, where, "has capabilities")
    require("limits" in container["resources"], where, "may take all memory")
    for mount in container.get("volumeMounts", []):
        require(mount["name"] in volumes, where, f"no volume {mount['name']}")


def check_pod(where, metadata, spec, claims):
    security = spec["securityContext"]
    require(security["runAsNonRoot"] is True, where, "may be root")
    require(security["seccompProfile"]["type"] == "RuntimeDefault", where, "may make any system call")
    require(spec["automountServiceAccountToken"] is False, where, "has a service account token")
    volumes = {volume["name"] for volume in spec.get("volumes", [])} | claims
    component = metadata["labels"]["app.kubernetes.io/component"]
    if component not in MAY_REACH_LIBVIRT:
        require(not any("libvirt" in name for name in volumes), where, "gets libvirt's credentials")
    for container in spec["containers"] + spec.get("initContainers", []):
        check_container(f"{where}/{container['name']}", container, volumes)
    if any(volume["name"] == "private" for volume in spec.get("volumes", [])):
        require(spec.get("initContainers"), where, "nobody fills the private folder")


def check_services(where, items):
    pods = [metadata["labels"] for item in items for metadata, _ in [pod_of(item)] if metadata]
    for item in items:
        if item["kind"] in ("Service", "NetworkPolicy", "PodDisruptionBudget"):
            selector = item["spec"].get("selector") or item["spec"]["podSelector"]
            selector = selector.get("matchLabels", selector)
            found = any(selector.items() <= labels.items() for labels in pods)
            require(found, f"{where}: {item['metadata']['name']}", "selects no pod")


def check_policies(where, items):
    for item in items:
        if item["kind"] == "NetworkPolicy" and not item["metadata"]["name"].endswith(tuple(MAY_REACH_LIBVIRT)):
            ports = {port["port"] for rule in item["spec"]["egress"] for port in rule["ports"]}
            require(not ports & {16514, 16509, 22}, where, "an exporter reaches libvirt")


def check_rules(items):
    for file in (ROOT / "rules").glob("*.rules.yaml"):
        wanted = yaml.safe_load(file.read_text())
        found = any(item["kind"] == "PrometheusRule" and item["spec"] == wanted for item in items)
        require(found, file.name, "is not in the chart as it is")
    labelled = [item for item in items if item["metadata"]["labels"].get("grafana_dashboard")]
    dashboards = {name for item in labelled for name in item["data"]}
    wanted = {file.name for file in (ROOT / "dashboards").glob("*.json")}
    require(dashboards == wanted, "dashboards", f"only {sorted(dashboards)}")


def check_config(where, name, text):
    """With a file for each that the configuration names: its program has to take it."""
    with tempfile.TemporaryDirectory() as folder:
        for path in re.findall(r"/etc/forewarn/(?:private|source)/[\w.-]+", text):
            file = pathlib.Path(folder + path)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(secrets.token_hex(32) + "\n")
            file.chmod(0o600)
        config = pathlib.Path(folder, name)
        config.write_text(text.replace("/etc/forewarn/", f"{folder}/etc/forewarn/"))
        programs = ["forewarn-reverter"] if "policies:" not in text and name == "webhook.yaml" else PROGRAMS[name]
        for program in programs:
            check = [BINARIES / program, f"--config.file={config}", "--config.check"]
            ran = subprocess.run(check, capture_output=True, text=True, check=False)
            require(ran.returncode == 0, f"{where}: {program}", ran.stderr.strip())
    return len(programs)


def check_example(example):
    where = f"ci/{example.name}"
    linted = helm("lint", "--strict", str(CHART), "--values", str(example))
    require(linted.returncode == 0, where, linted.stdout + linted.stderr)
    rendered = template("--values", str(example))
    require(rendered.returncode == 0, where, rendered.stderr)
    items = [item for item in yaml.safe_load_all(rendered.stdout) if item]
    names = collections.Counter((item["kind"], item["metadata"]["name"]) for item in items)
    require(max(names.values()) == 1, where, "two objects of the same name")
    configs = 0
    for item in items:
        at = f"{where}: {item['kind']} {item['metadata']['name']}"
        metadata, spec = pod_of(item)
        if spec:
            claims = {claim["metadata"]["name"] for claim in item["spec"].get("volumeClaimTemplates", [])}
            check_pod(at, metadata, spec, claims)
        for name, text in item.get("data", {}).items():
            configs += check_config(at, name, text) if name in PROGRAMS else 0
        if kubernetes_validate and not item["apiVersion"].startswith("monitoring.coreos.com/"):
            try:
                kubernetes_validate.validate(item, KUBERNETES, strict=True)
            except kubernetes_validate.ValidationError as error:
                require(False, at, str(error.message))
    check_services(where, items)
    check_policies(where, items)
    print(f"{where}: {len(items)} objects, {configs} configurations checked")


def main():
    for example in sorted((CHART / "ci").glob("*-values.yaml")):
        check_example(example)
    everything = template("--set", "prometheusRule.enabled=true,dashboards.enabled=true")
    check_rules([item for item in yaml.safe_load_all(everything.stdout) if item])
    for wrong, why in REFUSED.items():
        refused = template("--set", wrong)
        require(refused.returncode != 0 and why in refused.stderr, wrong, "is not refused")
    if not kubernetes_validate:
        print("kubernetes-validate is not installed: not held to Kubernetes' schemas")
    print(f"{len(violations)} violations", *violations, sep="\n")
    return 1 if violations else 0


if __name__ == "__main__":
    sys.exit(main())
