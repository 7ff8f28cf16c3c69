// SPDX-License-Identifier: Apache-2.0
// What the dashboards of Forewarn have in common: variables, annotations, panels, and their places on the page.
local datasource = { type: 'prometheus', uid: '${datasource}' };

// `{@` opens a selector of the chosen jobs and instances, so that no panel forgets one of them.
local chosen = 'job=~"$job",instance=~"$instance"';
local expand(text) = std.strReplace(std.strReplace(text, '{@}', '{' + chosen + '}'), '{@,', '{' + chosen + ',');

local choice(name, query, label=null) = {
  name: name,
  label: if label == null then std.asciiUpper(name[0]) + name[1:] else label,
  type: 'query',
  datasource: datasource,
  query: expand(query),
  definition: expand(query),
  refresh: 2,
  multi: true,
  includeAll: true,
  sort: 1,
  current: { selected: true, text: ['All'], value: ['$__all'] },
  options: [],
};
local anyOf(name, query) = choice(name, query) + { allValue: '.+' };

local annotation(name, color, title, text, expr, on=true) = {
  name: name,
  datasource: datasource,
  enable: on,
  iconColor: color,
  expr: expand(expr),
  titleFormat: title,
  textFormat: text,
  step: '10s',
  useValueForTime: false,
};

local steps(colors) = { mode: 'absolute', steps: [{ color: c[0], value: c[1] } for c in colors] };
local override(matcher, name, properties) = {
  matcher: { id: matcher, options: name },
  properties: [{ id: id, value: properties[id] } for id in std.objectFields(properties)],
};

// Of Forewarn's processes alone, whatever else exports the same.
local ours(expr) = '%s and on (job, instance) forewarn_build_info{@}' % expr;

local panel(type, title, description, targets) = {
  type: type,
  title: title,
  description: description,
  datasource: datasource,
  targets: std.mapWithIndex(function(i, t) t { refId: std.char(std.codepoint('A') + i) }, targets),
  fieldConfig: { defaults: { unit: 'short' }, overrides: [] },
  options: {},
};

{
  target(expr, legend=''):: { datasource: datasource, expr: expand(expr), legendFormat: legend },
  instant(expr, legend=''):: self.target(expr, legend) + { instant: true },
  rows(expr):: self.instant(expr) + { format: 'table' },

  ours:: ours,
  // How many there are; 0 rather than nothing while those who would say so are there.
  number(expr, witness):: 'count(%s) or 0 * count(%s)' % [expr, witness],
  // How often in `range` each of them has occurred; none: there was not one of them.
  occurred(counter, by, range):: 'sum by (%s) (increase(%s[%s])) > 0 or on () label_replace(sum(increase(%s[%s])), "%s", "none", "", "")' %
                                 [by, counter, range, counter, range, std.split(by, ',')[0]],
  // Without the instances that are known to run on another hypervisor than the chosen ones.
  here(expr):: '(%s) unless on (domain) forewarn_instance_info{@,hypervisor!~"$hypervisor"}' % expr,

  unit(unit):: { fieldConfig+: { defaults+: { unit: unit } } },
  between(min, max):: { fieldConfig+: { defaults+: { min: min, max: max } } },
  colors(colors):: { fieldConfig+: { defaults+: { thresholds: steps(colors) } } },
  override(matcher, name, properties):: { fieldConfig+: { overrides+: [override(matcher, name, properties)] } },
  dashed(pattern):: self.override('byRegexp', pattern, {
    'custom.lineStyle': { fill: 'dash', dash: [8, 8] },
    'custom.fillOpacity': 0,
  }),
  size(width, height):: { gridPos: { w: width, h: height } },

  risk: self.colors([['green', null], ['orange', 0.6], ['red', 0.8]]),
  good: self.colors([['red', null], ['orange', 0.5], ['green', 0.8]]),
  badAbove(limit):: self.colors([['green', null], ['red', limit]]),
  badBelow(limit):: self.colors([['red', null], ['green', limit]]),
  yesNo(yes, no):: { fieldConfig+: { defaults+: {
    unit: 'bool',
    mappings: [{ type: 'value', options: { '0': no { index: 0 }, '1': yes { index: 1 } } }],
  } } },

  stat(title, description, expr):: panel('stat', title, description, [self.instant(expr)]) + self.size(4, 4) + {
    options: { colorMode: 'value', graphMode: 'none', reduceOptions: { calcs: ['lastNotNull'] } },
  },
  series(title, description, targets):: panel('timeseries', title, description, targets) + self.size(12, 8) + {
    fieldConfig+: { defaults+: { custom: { fillOpacity: 10, lineWidth: 1, showPoints: 'never', spanNulls: false } } },
    options: {
      legend: { displayMode: 'table', placement: 'right', calcs: ['lastNotNull'], showLegend: true },
      tooltip: { mode: 'multi', sort: 'desc' },
    },
  },
  timeline(title, description, targets):: panel('state-timeline', title, description, targets) + self.size(12, 8) +
                                          self.yesNo({ text: 'yes', color: 'blue' }, { text: 'no', color: 'transparent' }) + {
    fieldConfig+: { defaults+: { custom: { fillOpacity: 70, lineWidth: 0 } } },
    options: { mergeValues: true, showValue: 'never', rowHeight: 0.8, legend: { showLegend: false } },
  },
  // Columns: one instant query each, by its title; rows: their labels.
  table(title, description, columns, sortBy):: panel('table', title, description, [self.rows(c[1]) for c in columns]) +
                                               self.size(12, 8) + {
    options: { sortBy: [{ displayName: sortBy, desc: true }] },
    transformations: [
      { id: 'merge', options: {} },
      { id: 'organize', options: {
        excludeByName: { Time: true },
        renameByName: std.foldl(
          function(names, i)
            names { [if std.length(columns) == 1 then 'Value' else 'Value #' + std.char(std.codepoint('A') + i)]: columns[i][0] },
          std.range(0, std.length(columns) - 1),
          {}
        ),
      } },
    ],
  },
  bars(title, description, columns, by):: self.table(title, description, columns, by) + {
    type: 'barchart',
    fieldConfig+: { defaults+: { custom: { fillOpacity: 70, lineWidth: 1 } } },
    options: { xField: by, orientation: 'vertical', showValue: 'never', legend: { displayMode: 'list', placement: 'bottom', showLegend: true } },
  },
  row(title, panels):: { title: title, panels: panels },

  variables:: {
    datasource: { name: 'datasource', label: 'Data source', type: 'datasource', query: 'prometheus', current: {}, options: [], refresh: 1 },
    job: anyOf('job', 'label_values(forewarn_build_info, job)'),
    instance: anyOf('instance', 'label_values(forewarn_build_info{job=~"$job"}, instance)'),
    hypervisor: anyOf('hypervisor', 'label_values(forewarn_instance_info{@}, hypervisor)'),
    domain: anyOf('domain', 'label_values(forewarn_signal_anomaly_score{@}, domain)'),
    fault: anyOf('fault', 'label_values(forewarn_threshold_ratio{@}, fault)'),
    oneDomain: choice('domain', 'label_values(forewarn_signal_anomaly_score{@}, domain)') +
               { multi: false, includeAll: false, current: {} },
    signal: choice('signal', 'label_values(forewarn_signal_anomaly_score{@,domain="$domain"}, signal)'),
  },

  annotations:: {
    mitigations: annotation('Mitigations',
                            'blue',
                            '{{actuator}} on {{domain}}',
                            'a change is in force',
                            'forewarn_mitigation_active{@,domain=~"$domain"} == 1'),
    injections: annotation('Injections',
                           'purple',
                           '{{fault}} is injected into {{domain}}',
                           'an experiment of our own',
                           'forewarn_injection_active{@,domain=~"$domain"} == 1'),
    outcomes: annotation('Outcomes',
                         'green',
                         '{{outcome}}: {{actuator}} against {{fault}}',
                         'a mitigation has its outcome',
                         'sum by (fault, actuator, outcome) (increase(forewarn_mitigations_total{@,fault=~"$fault"}[$__rate_interval])) > 0'),
    alerts: annotation('Alerts',
                       'orange',
                       '{{alertname}} {{domain}}',
                       '{{fault}}',
                       'ALERTS{alertname=~"Forewarn.*",alertstate="firing",domain=~"$domain",fault=~"$fault"}'),
    restarts: annotation('Restarts',
                         'red',
                         '{{job}} has started',
                         '{{instance}}',
                         ours('changes(process_start_time_seconds{@}[$__rate_interval]) > 0')),
    ownAlerts: annotation('Alerts',
                          'orange',
                          '{{alertname}}',
                          '{{instance}}',
                          'ALERTS{alertname=~"Forewarn.*",alertstate="firing",domain=""}'),
  },

  // Panels from left to right, in lines as high as their highest.
  local place(panels, top) = std.foldl(
    function(at, p)
      local wraps = at.x + p.gridPos.w > 24;
      local x = if wraps then 0 else at.x;
      local y = if wraps then at.bottom else at.y;
      {
        x: x + p.gridPos.w,
        y: y,
        bottom: std.max(if wraps then y else at.bottom, y + p.gridPos.h),
        panels: at.panels + [p { gridPos+: { x: x, y: y } }],
      },
    panels,
    { x: 0, y: top, bottom: top, panels: [] }
  ),
  dashboard(uid, title, description, variables, annotations, rows)::
    local placed = std.foldl(
      function(at, row)
        local inside = place(row.panels, at.y + 1);
        local header = { type: 'row', title: row.title, collapsed: false, gridPos: { x: 0, y: at.y, w: 24, h: 1 }, panels: [] };
        { y: inside.bottom, panels: at.panels + [header] + inside.panels },
      rows,
      { y: 0, panels: [] }
    );
    {
      id: null,
      uid: uid,
      title: 'Forewarn / ' + title,
      description: description,
      tags: ['forewarn-mixin'],
      schemaVersion: 38,
      version: 1,
      editable: false,
      graphTooltip: 1,
      refresh: '30s',
      timezone: 'browser',
      time: { from: 'now-1h', to: 'now' },
      links: [{
        title: 'Forewarn',
        type: 'dashboards',
        tags: ['forewarn-mixin'],
        asDropdown: true,
        includeVars: true,
        keepTime: true,
        icon: 'external link',
        targetBlank: false,
        tooltip: '',
        url: '',
      }],
      annotations: { list: annotations },
      templating: { list: variables },
      panels: std.mapWithIndex(function(i, p) p { id: i + 1 }, placed.panels),
    },
}
