{{/* SPDX-License-Identifier: Apache-2.0 */}}
{{- define "forewarn.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 40 | trimSuffix "-" -}}
{{- end -}}

{{/* Short enough for what is appended, the name of an exporter included. */}}
{{- define "forewarn.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 40 | trimSuffix "-" -}}
{{- else -}}
{{- $name := include "forewarn.name" . -}}
{{- (contains $name .Release.Name | ternary .Release.Name (printf "%s-%s" .Release.Name $name)) | trunc 40 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "forewarn.selector" -}}
app.kubernetes.io/name: {{ include "forewarn.name" .root }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
{{- with .component }}
app.kubernetes.io/component: {{ . }}
{{- end }}
{{- end -}}

{{- define "forewarn.labels" -}}
{{ include "forewarn.selector" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" }}
{{- with .root.Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "forewarn.image" -}}
{{- $image := .Values.image -}}
{{- $name := printf "%s/%s" $image.registry $image.repository -}}
{{- if $image.digest -}}
{{- printf "%s@%s" $name $image.digest -}}
{{- else -}}
{{- printf "%s:%s" $name (default .Chart.AppVersion $image.tag) -}}
{{- end -}}
{{- end -}}

{{/* All exporters there are, with their whole configuration, as {name: config}. */}}
{{- define "forewarn.exporterConfig" -}}
{{- $config := mustMergeOverwrite (deepCopy .root.Values.exporter.config) (deepCopy (default dict .exporter.config)) -}}
{{- if .exporter.match -}}
{{- $config = mustMergeOverwrite $config (dict "signals" (dict "match" .exporter.match)) -}}
{{- end -}}
{{- if .root.Values.exporter.storage.enabled -}}
{{- $config = mustMergeOverwrite (dict "state" (dict "directory" "/var/lib/forewarn")) $config -}}
{{- end -}}
{{- toYaml $config -}}
{{- end -}}

{{- define "forewarn.webhookConfig" -}}
{{- $webhook := .Values.webhook -}}
{{- $journal := dict "path" "/var/lib/forewarn/journal.db" -}}
{{- with $webhook.postgres -}}
{{- if .conninfo -}}
{{- $postgres := dict "conninfo" .conninfo "lease" .lease -}}
{{- if .passwordKey -}}
{{- $_ := set $postgres "password_file" (printf "/etc/forewarn/private/%s" .passwordKey) -}}
{{- end -}}
{{- $journal = dict "postgres" $postgres -}}
{{- end -}}
{{- end -}}
{{- $added := dict "journal" $journal "kill_switch" (dict "file" "/var/lib/forewarn/kill-switch") -}}
{{- toYaml (merge $added (deepCopy $webhook.config)) -}}
{{- end -}}

{{/* What webhook and reverter need to reach libvirt; nothing else gets any of it. */}}
{{- define "forewarn.libvirtVolumes" -}}
{{- range $kind := list "tls" "sasl" "ssh" }}
{{- with (index $.Values.libvirt $kind).existingSecret }}
- name: libvirt-{{ $kind }}
  secret: {secretName: {{ . }}, defaultMode: 0440}
{{- end }}
{{- end }}
{{- with .Values.libvirt.socket }}
{{- if .enabled }}
- name: libvirt-socket
  hostPath: {path: {{ .hostPath }}, type: Directory}
{{- end }}
{{- end }}
{{- end -}}

{{- define "forewarn.libvirtMounts" -}}
{{- range $kind := list "tls" "sasl" "ssh" }}
{{- if (index $.Values.libvirt $kind).existingSecret }}
- {name: libvirt-{{ $kind }}, mountPath: /etc/forewarn/libvirt-{{ $kind }}, readOnly: true}
{{- end }}
{{- end }}
{{- if .Values.libvirt.socket.enabled }}
- {name: libvirt-socket, mountPath: /run/libvirt}
{{- end }}
{{- end -}}

{{- define "forewarn.libvirtEnv" -}}
{{- if .Values.libvirt.sasl.existingSecret }}
- {name: LIBVIRT_AUTH_FILE, value: /etc/forewarn/libvirt-sasl/auth.conf}
{{- end }}
{{- end -}}
