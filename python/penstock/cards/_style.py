"""The look of pages, and the little script they have. Both are fixed texts, so that a page may allow only these."""

from __future__ import annotations

_COLORS_LIGHT = """
--bg:#f4f5f7;--surface:#fff;--sunk:#f3f5f7;--ink:#1c2126;--dim:#5d6873;--line:#e1e5ea;--accent:#1f6f78;--accent-soft:#e0f0f0;
--good:#2d7d46;--good-soft:#e3f3e7;--warn:#96650b;--warn-soft:#fbf0d9;--bad:#b3393b;--bad-soft:#fae5e4;
--s0:#2f78b7;--s1:#d9822b;--s2:#3f9a5a;--s3:#c1494a;--s4:#7d60b8;--s5:#8f6b4a;--s6:#cc6aa3;--s7:#6d7781;--s8:#a3962a;--s9:#2a9aa8;
--k1:#8a3ea8;--k2:#2d7d46;--k3:#1f5fa8;--k4:#b0571c;"""

_COLORS_DARK = """
--bg:#111519;--surface:#191f25;--sunk:#12171c;--ink:#e4e9ed;--dim:#93a0ac;--line:#2a333c;--accent:#5fc3c0;--accent-soft:#183337;
--good:#6cc486;--good-soft:#17301f;--warn:#e0b25b;--warn-soft:#342a15;--bad:#ee8783;--bad-soft:#3a1f20;
--s0:#5ea3dd;--s1:#eea15a;--s2:#67bd81;--s3:#e67b79;--s4:#a58bdb;--s5:#b99474;--s6:#e493c3;--s7:#98a3ad;--s8:#c9bc58;--s9:#59bfcb;
--k1:#d09ae6;--k2:#8fce9f;--k3:#86b8ec;--k4:#e8a877;"""

STYLE = (
    ":root{color-scheme:light;%s}" % _COLORS_LIGHT
    + "@media(prefers-color-scheme:dark){:root:not([data-theme=light]){color-scheme:dark;%s}}" % _COLORS_DARK
    + ":root[data-theme=dark]{color-scheme:dark;%s}" % _COLORS_DARK
    + """
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--ink);
font:15px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;
-webkit-text-size-adjust:100%;overflow-wrap:break-word}
main{max-width:1080px;margin:0 auto;padding:28px 24px 56px}
code,pre,.mono{font-family:ui-monospace,"SF Mono",SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;
font-size:.88em}
a{color:var(--accent)}
h1,h2,h3,h4{line-height:1.25;margin:0}
header{position:relative;padding-right:56px;margin-bottom:22px}
header h1{font-size:28px;letter-spacing:-.015em;font-weight:650}
.crumbs{color:var(--dim);font-size:13px;margin-bottom:3px}
.crumbs b{font-weight:400;opacity:.55;padding:0 5px}
.chips{display:flex;flex-wrap:wrap;gap:6px;margin-top:10px}
.chip{display:inline-block;padding:1px 10px;border-radius:20px;background:var(--surface);border:1px solid var(--line);
font-size:12.5px;
color:var(--dim);max-width:100%;overflow:hidden;text-overflow:ellipsis}
.chip b{color:var(--ink);font-weight:550}
.chip.good{background:var(--good-soft);border-color:transparent;color:var(--good)}
.chip.live{background:var(--accent-soft);border-color:transparent;color:var(--accent)}
.chip.bad{background:var(--bad-soft);border-color:transparent;color:var(--bad)}
.mode{position:absolute;right:0;top:0;font:inherit;font-size:13px;color:var(--dim);background:var(--surface);
border:1px solid var(--line);border-radius:20px;padding:3px 12px;cursor:pointer}
.mode:hover,.copy:hover{color:var(--ink);border-color:var(--dim)}
section{background:var(--surface);border:1px solid var(--line);border-radius:12px;padding:18px 20px;margin:0 0 16px}
section section{padding:0;border:0;margin:18px 0 0;border-radius:0}
section>h2{font-size:13px;font-weight:600;color:var(--dim);margin-bottom:12px}
section section>h2{color:var(--ink);font-size:14px}
.sub{color:var(--dim);font-size:13.5px;margin:-6px 0 10px}
.plain>*+*{margin-top:14px}
.plain>section{margin-top:0}
.columns{display:grid;gap:16px;grid-template-columns:repeat(auto-fit,minmax(min(100%,var(--least,220px)),1fr))}
.columns>*{margin:0!important;min-width:0}
.scroll{overflow-x:auto;max-width:100%}
table{border-collapse:collapse;width:100%;font-size:14px}
th{font-weight:550;color:var(--dim);font-size:12.5px;text-align:left;white-space:nowrap}
th,td{padding:6px 14px 6px 0;border-bottom:1px solid var(--line);vertical-align:top}
tr:last-child>td,tr:last-child>th{border-bottom:0}
thead tr:last-child>th{border-bottom:1px solid var(--line)}
td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}
td.w{white-space:nowrap}
td:last-child,th:last-child{padding-right:0}
td img{max-height:120px}
.facts th{width:1%;padding-right:28px}
.facts td{overflow-wrap:anywhere}
.values td{max-width:0}
.values .name{width:19%}.values .type{width:17%;color:var(--dim)}.values .size{width:9%;white-space:nowrap}
.values td.name,.values td.type{overflow-wrap:anywhere}
.values pre{margin:0;padding:0;background:none;white-space:pre-wrap;overflow-wrap:anywhere;border:0}
.single{border-left:3px solid var(--line);padding-left:12px}
.single>div{color:var(--dim);font-size:12.5px}
pre{margin:0;padding:12px 14px;max-height:560px;background:var(--sunk);border:1px solid var(--line);border-radius:8px;
overflow:auto;line-height:1.5;tab-size:4}
.log{white-space:pre-wrap;overflow-wrap:anywhere;max-height:420px}
.trouble{border-left:3px solid var(--bad)}
.caution{border-left:3px solid var(--warn)}
.k{color:var(--k1)}.s{color:var(--k2)}.c{color:var(--dim);font-style:italic}.d{color:var(--k3)}.m{color:var(--k4)}
details>summary{cursor:pointer;color:var(--dim);list-style-position:inside}
details>summary:hover{color:var(--ink)}
.values summary{font-family:ui-monospace,Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:.88em;color:inherit;
overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
.values summary{list-style:none}.values summary::-webkit-details-marker{display:none}
.values summary:before{content:"▸";color:var(--dim);padding-right:6px}
.values details[open] summary:before{content:"▾"}
.values details[open] summary{opacity:.6}
figure{margin:0}
figure img{max-width:100%;height:auto;display:block;border-radius:6px}
figcaption{color:var(--dim);font-size:13px;margin-top:6px}
.md>*{margin:0 0 .75em}.md>:last-child{margin-bottom:0}
.md h1{font-size:1.6em}.md h2{font-size:1.3em}.md h3{font-size:1.12em}.md h4,.md h5,.md h6{font-size:1em}
.md h1,.md h2,.md h3{letter-spacing:-.01em}
.md *+h1,.md *+h2,.md *+h3{margin-top:1.1em}
.md ul,.md ol{padding-left:1.5em}.md li>p{margin:.2em 0}
.md blockquote{margin-left:0;padding-left:14px;border-left:3px solid var(--line);color:var(--dim)}
.md :not(pre)>code{background:var(--sunk);border:1px solid var(--line);border-radius:4px;padding:0 4px}
.md hr{border:0;border-top:1px solid var(--line);margin:1.2em 0}
.md table{width:auto}.md img{max-width:100%}
.bar{max-width:560px}
.bar .top{display:flex;justify-content:space-between;gap:12px;font-size:13.5px;margin-bottom:5px}
.bar .top span:last-child{color:var(--dim);font-variant-numeric:tabular-nums}
.track{height:8px;border-radius:8px;background:var(--sunk);border:1px solid var(--line);overflow:hidden}
.track i{display:block;height:100%;background:var(--accent);border-radius:8px}
.box{border:1px solid var(--line);border-radius:10px;padding:14px 18px;min-width:180px;background:var(--sunk);
display:inline-block;max-width:100%}
.columns .box{display:block}
.box .t{font-size:13px;color:var(--dim)}
.box .v{font-size:30px;font-weight:640;letter-spacing:-.02em;line-height:1.2;font-variant-numeric:tabular-nums;
overflow-wrap:anywhere}
.box .u,.box .g{font-size:13px;color:var(--dim)}
.box .g{margin-top:4px}
.box.success{background:var(--good-soft);border-color:transparent}.box.success .v{color:var(--good)}
.box.warning{background:var(--warn-soft);border-color:transparent}.box.warning .v{color:var(--warn)}
.box.danger{background:var(--bad-soft);border-color:transparent}.box.danger .v{color:var(--bad)}
.box.bg-gradient-indigo-purple{background:linear-gradient(115deg,#4453c8,#8a3fbf);border-color:transparent;color:#fff}
.box.bg-gradient-indigo-purple *{color:#fff!important}
.viewer .top .sub{font-weight:400;margin:0}
.viewer .top{display:flex;justify-content:space-between;gap:12px;align-items:center;margin-bottom:6px;font-size:13.5px;
font-weight:550}
.copy{font:inherit;font-size:12px;color:var(--dim);background:none;border:1px solid var(--line);border-radius:6px;
padding:1px 9px;cursor:pointer}
.events{list-style:none;margin:8px 0 0;padding:0}
.events>li{position:relative;padding:0 0 14px 22px;border-left:2px solid var(--line);margin-left:5px}
.events>li:last-child{border-color:transparent;padding-bottom:0}
.events>li:before{content:"";position:absolute;left:-7px;top:5px;width:12px;height:12px;border-radius:50%;
background:var(--surface);border:3px solid var(--tone,var(--dim))}
.events .at{color:var(--dim);font-size:12.5px;font-variant-numeric:tabular-nums}
.events dl{display:flex;flex-wrap:wrap;gap:0 18px;margin:1px 0 0;font-size:14px}
.events dl div{display:flex;gap:6px}.events dt{color:var(--dim)}.events dd{margin:0;overflow-wrap:anywhere}
.events .success{--tone:var(--good)}.events .warning{--tone:var(--warn)}.events .error{--tone:var(--bad)}
.events .info,.events .primary{--tone:var(--s0)}.events .tool_call{--tone:var(--s1)}.events .ai_response{--tone:var(--s4)}
.events .high,.events .critical{font-weight:550}
.events details{margin-top:5px;font-weight:400;font-size:14px}.events details>:last-child{margin-top:6px}
.events .critical:before{background:var(--tone,var(--bad))}
svg{display:block}
svg text{font-family:inherit;fill:var(--ink)}
.dag{width:100%;height:auto}
.dag .edge{fill:none;stroke:var(--dim);stroke-width:1.4;opacity:.7}
.dag .tip{fill:var(--dim);opacity:.8}
.dag rect{fill:var(--surface);stroke:var(--dim);stroke-width:1.2}
.dag .here rect{fill:var(--accent-soft);stroke:var(--accent);stroke-width:2}
.dag .here text{fill:var(--accent);font-weight:650}
.dag text{font-size:13px;text-anchor:middle}
.dag .note{font-size:11px;fill:var(--dim)!important;font-weight:400!important;paint-order:stroke;stroke:var(--surface);
stroke-width:4px;stroke-linejoin:round}
.chart{max-width:100%;overflow-x:auto}
.chart svg{max-width:100%;min-width:440px;height:auto}
.chart .round{min-width:0}
.chart text{font-size:11px;fill:var(--dim)}
.chart .title{font-size:13.5px;fill:var(--ink);font-weight:600}
.chart .axis{stroke:var(--line)}
.chart .grid{stroke:var(--line);opacity:.7}
.legend{display:flex;flex-wrap:wrap;gap:3px 14px;font-size:12.5px;color:var(--dim);margin:4px 0 0}
.legend i{display:inline-block;width:10px;height:10px;border-radius:3px;margin-right:5px;vertical-align:-1px}
iframe.raw{width:100%;height:420px;border:1px solid var(--line);border-radius:8px;background:#fff}
.none{color:var(--dim)}
footer{color:var(--dim);font-size:12.5px;margin-top:20px}
@media(max-width:640px){
main{padding:18px 12px 40px}section{padding:14px 14px;border-radius:10px}header h1{font-size:23px}
.values thead{display:none}.values,.values tbody,.values tr{display:block}
.values tr{display:grid;grid-template-columns:1fr auto;gap:0 10px;padding:8px 0;border-bottom:1px solid var(--line)}
.values tr:last-child{border:0}.values tr>td{border:0;padding:0;max-width:none}.values tr>*{width:auto!important}
.values .size{text-align:right;grid-column:2;grid-row:1}.values .type{grid-column:1/3;font-size:12.5px}
.values .value{grid-column:1/3;min-width:0}
.facts th{padding-right:14px}
.box .v{font-size:25px}
}
@media print{body{background:#fff}.mode,.copy{display:none}section{break-inside:avoid}}
"""
)

SCRIPT = """
(function(){
var d=document,root=d.documentElement,token=d.querySelector('meta[name="metaflow-reload-token"]');
window.METAFLOW_RELOAD_TOKEN=token?token.content:"";
var dark=matchMedia("(prefers-color-scheme: dark)");
function isDark(){var t=root.dataset.theme;return t?t==="dark":dark.matches}
d.addEventListener("click",function(e){
var b=e.target.closest("button");if(!b)return;
if(b.classList.contains("mode")){root.dataset.theme=isDark()?"light":"dark"}
else if(b.classList.contains("copy")){
var p=b.closest(".viewer").querySelector("pre");
if(navigator.clipboard)navigator.clipboard.writeText(p.textContent).then(function(){b.textContent="Copied";
setTimeout(function(){b.textContent="Copy"},1200)})}
});
window.metaflow_card_update=function(data){
var changed=false;
Object.keys(data||{}).forEach(function(id){
var part=data[id],old=d.querySelector('[data-component="'+CSS.escape(id)+'"]');
if(old&&part&&part.html){var t=d.createElement("template");t.innerHTML=part.html;
if(t.content.firstElementChild){old.replaceWith(t.content);changed=true}}
});
return changed};
})();
"""
