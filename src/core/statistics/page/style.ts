/** The style of the page: light and dark as the browser likes it, cards instead of tables on narrow screens. */
export const style = `
:root{--bg:#f6f7f9;--card:#fff;--ink:#1b2330;--soft:#667085;--edge:#e2e6ec;--link:#2457c5;--up:#1a8f4c;--down:#d0342c;--going:#c77700;--maint:#8a6d3b;--drain:#3f6fb5;--hover:#f0f4fb}
@media (prefers-color-scheme:dark){:root{--bg:#10141b;--card:#181e28;--ink:#e4e8ef;--soft:#98a2b3;--edge:#2a3240;--link:#86aef5;--up:#43c07a;--down:#ff6b61;--going:#f0a93c;--maint:#c9a86a;--drain:#7ea6e6;--hover:#1f2733}}
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--ink);font:14px/1.45 system-ui,"Segoe UI",Roboto,sans-serif;font-variant-numeric:tabular-nums}
header,main,.result{max-width:1500px;margin:0 auto;padding:0 16px}
header{padding-top:14px;position:relative}
h1{margin:0;font-size:22px}h1 small,h2 small{font-weight:400;color:var(--soft);font-size:13px}
header p{margin:2px 0 0;color:var(--soft)}
a{color:var(--link);text-decoration:none}a:hover{text-decoration:underline}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(150px,1fr));gap:10px;margin:12px 0}
.tiles div{background:var(--card);border:1px solid var(--edge);border-radius:10px;padding:8px 12px}
dt{color:var(--soft);font-size:12px}dd{margin:0;font-size:17px;font-weight:600;white-space:nowrap}
nav{display:flex;flex-wrap:wrap;gap:6px 16px;align-items:center;padding-bottom:8px}
.filter{display:flex;gap:6px;margin-left:auto;flex:0 1 360px}.filter[hidden]{display:none}.filter input{flex:1;min-width:0}
input[type=search],select,button{font:inherit;color:inherit;background:var(--card);border:1px solid var(--edge);border-radius:7px;padding:5px 9px}
button{background:var(--link);border-color:var(--link);color:var(--card);font-weight:600;cursor:pointer}
.result{border-radius:8px;padding:8px 16px;background:var(--card);border-left:5px solid var(--down)}.result.good{border-color:var(--up)}
section{background:var(--card);border:1px solid var(--edge);border-radius:12px;margin:0 0 16px;overflow:hidden}
h2{margin:0;padding:10px 14px;font-size:16px}h2 a{color:inherit}
.wide{overflow-x:auto}
table{border-collapse:collapse;width:100%;min-width:1240px;table-layout:fixed}thead th{width:6.3%}thead th:first-child{width:14%}thead th:nth-child(2),thead th:nth-child(4),thead th:nth-child(12),thead th:nth-child(13){width:8.5%}thead th:nth-child(5),thead th:nth-child(9),thead th:nth-child(10),thead th:nth-child(11){width:4.6%}td{overflow:hidden;text-overflow:ellipsis}
th,td{padding:5px 7px;text-align:right;white-space:nowrap;border-top:1px solid var(--edge);font-weight:400}
thead th{color:var(--soft);font-size:12px;cursor:help}
th:first-child,td:nth-child(2),thead th:nth-child(2),td[data-head=Check]{text-align:left}
th:first-child{padding-left:14px}tbody th{position:sticky;left:0;background:var(--card);white-space:normal;overflow-wrap:anywhere}
tbody th small{display:block;color:var(--soft);font-size:11px}
tr.frontend label,tr.backend label{font-weight:600}
tbody tr:hover th,tbody tr:hover td{background:var(--hover)}
i{display:inline-block;width:9px;height:9px;border-radius:50%;margin-right:8px;background:var(--soft)}
.up i{background:var(--up)}.down i{background:var(--down)}.going i{background:var(--going)}.maint i{background:var(--maint)}.drain i{background:var(--drain)}
.down td:nth-child(2){color:var(--down);font-weight:600}.going td:nth-child(2){color:var(--going)}.maint td:nth-child(2){color:var(--maint)}.drain td:nth-child(2){color:var(--drain)}.up td:nth-child(2){color:var(--up)}
.down th:first-child{box-shadow:inset 4px 0 var(--down)}.maint th:first-child{box-shadow:inset 4px 0 var(--maint)}
svg.line{display:none;position:absolute;right:6px;top:6px;width:64px;height:18px;overflow:visible}
svg.line.on{display:block}svg.total{right:16px;top:12px;width:220px;height:38px}
svg path{fill:none;stroke:var(--link);stroke-width:1.5;vector-effect:non-scaling-stroke}
.act{margin:0;padding:8px 14px;border-top:1px solid var(--edge);display:flex;gap:8px;align-items:center;flex-wrap:wrap}
tr.gone,section.gone{display:none}
.stale main{opacity:.55}
@media (max-width:760px){
header,main{padding-left:10px;padding-right:10px}svg.total{display:none!important}
.tiles{grid-template-columns:1fr 1fr}.filter{margin-left:0;flex:1 1 100%}
.wide{overflow:visible}table{min-width:0}thead{display:none}table,tbody,tr,tbody th,td{display:block;border:0}
tr{display:grid!important;grid-template-columns:1fr 1fr;gap:2px 14px;padding:9px 14px;border-top:1px solid var(--edge)}
tr.gone{display:none!important}
tbody th:first-child{grid-column:1/-1;position:relative;left:auto;padding:0;min-width:0;font-size:15px}
td{padding:0;text-align:right!important;display:flex;justify-content:space-between;gap:8px;font-size:13px;min-width:0}
td:empty{display:none}td::before{content:attr(data-head);color:var(--soft);font-weight:400}
td[data-head=Status],td[data-head=Check]{grid-column:1/-1}
.down th:first-child,.maint th:first-child{box-shadow:none}tr.down{box-shadow:inset 4px 0 var(--down)}tr.maint{box-shadow:inset 4px 0 var(--maint)}
}
@media (prefers-reduced-motion:no-preference){i{transition:background .3s}}
`;
