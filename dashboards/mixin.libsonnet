// SPDX-License-Identifier: Apache-2.0
// The rules and dashboards as they are in this repository, for those who deploy mixins (https://monitoring.mixins.dev).
local files = [
  importstr '../rules/forewarn.rules.yaml',
  importstr '../rules/forewarn-fallback.rules.yaml',
];

{
  _config+:: {
    exporterJob: '.*forewarn-exporter.*',
    webhookJob: '.*forewarn-webhook.*',
    reverterJob: '.*forewarn-reverter.*',
    runbooks: 'https://github.com/forewarn/forewarn/blob/main/docs/runbooks/',
    tags: ['forewarn-mixin'],
  },

  local config = self._config,
  local adapted(text) = std.foldl(
    function(so_far, change) std.strReplace(so_far, change[0], change[1]),
    [
      ['.*forewarn-exporter.*', config.exporterJob],
      ['.*forewarn-webhook.*', config.webhookJob],
      ['.*forewarn-reverter.*', config.reverterJob],
      ['https://github.com/forewarn/forewarn/blob/main/docs/runbooks/', config.runbooks],
    ],
    text
  ),
  local groups = std.flattenArrays([std.parseYaml(adapted(text)).groups for text in files]),
  local having(kind) = [
    group { rules: rules }
    for group in groups
    for rules in [[rule for rule in group.rules if std.objectHas(rule, kind)]]
    if rules != []
  ],

  prometheusAlerts+:: { groups+: having('alert') },
  prometheusRules+:: { groups+: having('record') },
  grafanaDashboards+:: {
    [name]: dashboards[name] { tags: config.tags, links: [link { tags: config.tags } for link in super.links] }
    for name in std.objectFields(dashboards)
  },
  local dashboards = {
    'forewarn-actions.json': import 'forewarn-actions.json',
    'forewarn-fleet.json': import 'forewarn-fleet.json',
    'forewarn-honesty.json': import 'forewarn-honesty.json',
    'forewarn-instance.json': import 'forewarn-instance.json',
    'forewarn-self.json': import 'forewarn-self.json',
  },
}
