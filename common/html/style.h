// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace forewarn::html {

// The style sheet of all pages. The band at the top has the colour of exporter-toolkit's pages.
inline constexpr std::string_view kStyle = R"css(
:root { color-scheme: light dark; --ground: #fff; --raised: #f7f7f5; --ink: #1d1f21; --soft: #5c6166; --rule: #d9dadb;
  --accent: #b8390f; --link: #0b5cad; --line: #1f5fbf; --band: #1f5fbf26; --bar: #5f7f9f; --shade: #8a8f9818;
  --good: #1c7a3c; --warn: #8f5b00; --bad: #b3261e; --info: #0b5cad; }
@media (prefers-color-scheme: dark) { :root { --ground: #17191c; --raised: #1f2226; --ink: #e4e6e8; --soft: #a3a9af;
  --rule: #363a40; --accent: #ff8a65; --link: #86b7f5; --line: #86b7f5; --band: #86b7f533; --bar: #7d9cbc;
  --shade: #a3a9af18; --good: #6fcf8e; --warn: #e8b45a; --bad: #ff8b80; --info: #86b7f5; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 14px/1.45 -apple-system, BlinkMacSystemFont,
  "Segoe UI", Roboto, "Helvetica Neue", Arial, "DejaVu Sans", sans-serif; font-variant-numeric: tabular-nums; }
a { color: var(--link); }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
main:focus { outline: none; }
.skip { position: absolute; left: -100vw; top: 0; background: var(--ground); padding: .6rem 1rem; z-index: 1; }
.skip:focus { left: 0; }
header { border-bottom: 1px solid var(--rule); background: var(--raised); }
header p { margin: 0; max-width: none; padding: .45rem 1.25rem; background: #e6522c; font-size: 1.35rem; font-weight: 700; }
header p a { color: #fff; text-decoration: none; }
header p a:focus-visible { outline-color: #fff; }
nav ul, .pages { display: flex; flex-wrap: wrap; gap: .2rem 1.2rem; list-style: none; margin: 0; padding: .45rem 1.25rem; }
main { padding: 0 1.25rem 2rem; max-width: 92rem; }
h1 { font-size: 1.3rem; margin: 1rem 0 .4rem; }
h2 { font-size: 1.05rem; margin: 1.6rem 0 .4rem; }
h3 { font-size: 1rem; margin: 0 0 .3rem; }
p { margin: .4rem 0; max-width: 75ch; }
footer { border-top: 1px solid var(--rule); padding: .3rem 1.25rem; color: var(--soft); }
.soft, caption, dt { color: var(--soft); }
table { border-collapse: collapse; width: 100%; }
caption { text-align: left; padding: 0 0 .25rem; }
th, td { text-align: left; vertical-align: top; padding: .28rem .9rem .28rem 0; border-bottom: 1px solid var(--rule);
  overflow-wrap: anywhere; unicode-bidi: isolate; }
thead th { color: var(--soft); font-weight: 600; font-size: .86rem; white-space: nowrap; border-bottom-width: 2px; }
tbody th { font-weight: 600; }
tbody tr:hover { background: var(--raised); }
.number { text-align: right; white-space: nowrap; }
.name { min-width: 9.5rem; }
.deeds, .measure, .word { white-space: nowrap; }
td time { white-space: nowrap; }
.badge { display: inline-block; border: 1px solid; border-radius: .8rem; padding: 0 .55rem; font-size: .84rem;
  white-space: nowrap; }
.good { color: var(--good); } .warn { color: var(--warn); } .bad { color: var(--bad); } .info { color: var(--info); }
.quiet { color: var(--soft); }
.notice { border: 1px solid var(--rule); border-left: 4px solid var(--info); background: var(--raised); color: var(--ink);
  padding: .5rem .9rem; margin: .8rem 0; max-width: none; }
.notice.bad { border-left-color: var(--bad); } .notice.warn { border-left-color: var(--warn); }
.notice.good { border-left-color: var(--good); }
form { display: inline; }
form.filter { display: flex; flex-wrap: wrap; gap: .5rem .9rem; align-items: end; margin: .4rem 0 .8rem; }
label { display: block; color: var(--soft); font-size: .86rem; }
input, select, button { font: inherit; color: inherit; background: var(--ground); border: 1px solid var(--soft);
  border-radius: 4px; padding: .22rem .55rem; max-width: 100%; min-height: 2rem; }
input[type="checkbox"] { min-height: 0; width: 1.1rem; height: 1.1rem; vertical-align: -.2rem; }
label.check { color: inherit; font-size: inherit; margin: .5rem 0; }
button { cursor: pointer; font-weight: 600; margin: .1rem .3rem .1rem 0; }
button:hover { background: var(--raised); }
button.main { border-color: var(--good); color: var(--good); }
button.danger { border-color: var(--bad); color: var(--bad); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1.2rem; margin: .4rem 0; }
dd { margin: 0; overflow-wrap: anywhere; unicode-bidi: isolate; }
code { overflow-wrap: anywhere; font-size: .92em; }
.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 30rem), 1fr)); gap: .9rem; }
article { border: 1px solid var(--rule); border-radius: 6px; padding: .7rem .9rem; min-width: 0; }
article h3 { overflow-wrap: anywhere; }
.charts { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 15rem), 1fr)); gap: .5rem 1rem; }
figure { margin: .4rem 0 0; min-width: 0; display: flex; flex-direction: column; justify-content: space-between; }
figcaption { font-size: .86rem; overflow-wrap: anywhere; }
svg.chart { display: block; width: 100%; height: auto; }
svg.chart text { font-size: 10px; fill: var(--soft); }
svg.bar { width: 4rem; height: .5rem; vertical-align: baseline; margin-right: .35rem; }
.axis { stroke: var(--rule); } .whole { fill: var(--rule); } .part { fill: var(--bar); } .level { stroke: var(--ink); }
.band { fill: var(--band); } .shade { fill: var(--shade); } .value { fill: none; stroke: var(--line); stroke-width: 1.6; }
.expected { fill: none; stroke: var(--soft); stroke-dasharray: 3 3; }
.mark { stroke: var(--bad); stroke-width: 1.6; }
@media (max-width: 46rem) {
  main, nav ul, .pages, header p, footer { padding-left: .8rem; padding-right: .8rem; }
  table, caption, tbody, tr { display: block; }
  thead { position: absolute; display: block; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  tbody tr { border: 1px solid var(--rule); border-radius: 6px; padding: .3rem .6rem; margin-bottom: .6rem; }
  tbody th, td { display: flex; gap: 0 .5rem; border: 0; padding: .1rem 0; white-space: normal; min-width: 0; }
  tbody th::before, td::before { content: attr(data-column); flex: 0 0 7.2rem; color: var(--soft); font-weight: 400; }
  td:empty { display: none; }
  form.filter > * { flex: 1 1 8rem; } form.filter input, form.filter select { width: 100%; }
  dl { grid-template-columns: 1fr; } dt { margin-top: .3rem; }
}
@media (prefers-reduced-motion: no-preference) { :target { scroll-margin-top: 1rem; } }
)css";

}  // namespace forewarn::html
