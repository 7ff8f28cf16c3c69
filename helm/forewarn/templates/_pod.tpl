{{/* SPDX-License-Identifier: Apache-2.0 */}}
{{/*
The pod of a workload. Takes root, workload (its values), component, program, port, ready (a path), and texts:
args, env, volumes, mounts, init, of which all but args may be empty; gid: one more group, or 0.
*/}}
{{- define "forewarn.pod" -}}
{{- $values := .root.Values -}}
metadata:
  labels:
    {{- include "forewarn.selector" (dict "root" .root "component" .component) | nindent 4 }}
    {{- with .labels }}
    {{- . | nindent 4 }}
    {{- end }}
    {{- with $values.commonLabels }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  annotations:
    checksum/config: {{ sha256sum .config }}
    {{- with .workload.podAnnotations }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
spec:
  automountServiceAccountToken: false
  enableServiceLinks: false
  {{- with $values.imagePullSecrets }}
  imagePullSecrets:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  securityContext:
    {{- toYaml $values.podSecurityContext | nindent 4 }}
    {{- with .gid }}
    supplementalGroups: [{{ . }}]
    {{- end }}
  terminationGracePeriodSeconds: {{ .workload.terminationGracePeriodSeconds }}
  {{- with .workload.priorityClassName }}
  priorityClassName: {{ . }}
  {{- end }}
  {{- range $key := list "nodeSelector" "tolerations" "affinity" "topologySpreadConstraints" }}
  {{- with index $.workload $key }}
  {{ $key }}:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- end }}
  {{- with .init }}
  initContainers:
    {{- . | nindent 4 }}
  {{- end }}
  containers:
    - name: {{ .component }}
      image: {{ include "forewarn.image" .root }}
      imagePullPolicy: {{ $values.image.pullPolicy }}
      command: [/usr/bin/{{ .program }}]
      args:
        {{- .args | nindent 8 }}
        - --web.listen-address=:{{ .port }}
        {{- if $values.web.existingSecret }}
        - --web.config.file=/etc/forewarn/web/web.yaml
        {{- end }}
        - --log.level={{ $values.log.level }}
        - --log.format={{ $values.log.format }}
        {{- with .workload.extraArgs }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
      {{- $env := printf "%s\n%s" (default "" .env) (.workload.extraEnv | empty | ternary "" (toYaml .workload.extraEnv)) | trim }}
      {{- with $env }}
      env:
        {{- . | nindent 8 }}
      {{- end }}
      ports:
        - {name: http, containerPort: {{ .port }}, protocol: TCP}
      livenessProbe:
        {{- include "forewarn.probe" (dict "values" $values "path" "/-/healthy") | nindent 8 }}
        periodSeconds: 10
        timeoutSeconds: 5
        failureThreshold: 6
      readinessProbe:
        {{- include "forewarn.probe" (dict "values" $values "path" .ready) | nindent 8 }}
        periodSeconds: 5
        timeoutSeconds: 5
      resources:
        {{- toYaml .workload.resources | nindent 8 }}
      securityContext:
        {{- toYaml $values.securityContext | nindent 8 }}
      volumeMounts:
        - {name: config, mountPath: /etc/forewarn/config, readOnly: true}
        {{- if $values.web.existingSecret }}
        - {name: web, mountPath: /etc/forewarn/web, readOnly: true}
        {{- end }}
        {{- with .mounts }}
        {{- trim . | nindent 8 }}
        {{- end }}
        {{- with .workload.extraVolumeMounts }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
  volumes:
    - name: config
      configMap: {name: {{ .name }}}
    {{- with $values.web.existingSecret }}
    - name: web
      secret: {secretName: {{ . }}, defaultMode: 0440}
    {{- end }}
    {{- with .volumes }}
    {{- trim . | nindent 4 }}
    {{- end }}
    {{- with .workload.extraVolumes }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
{{- end -}}

{{- define "forewarn.probe" -}}
{{- if eq .values.web.probe "tcp" -}}
tcpSocket: {port: http}
{{- else -}}
httpGet: {path: {{ .path }}, port: http, scheme: {{ .values.web.scheme }}}
{{- end -}}
{{- end -}}

{{- define "forewarn.sourceVolume" -}}
{{- with .Values.source.existingSecret }}
- name: source
  secret: {secretName: {{ . }}, defaultMode: 0440}
{{- end }}
{{- end -}}

{{- define "forewarn.sourceMount" -}}
{{- if .Values.source.existingSecret }}
- {name: source, mountPath: /etc/forewarn/source, readOnly: true}
{{- end }}
{{- end -}}
