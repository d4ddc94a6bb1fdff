/** The script of the page: asks for fresh figures, draws the timelines, filters. Everything goes into the page as text, never as HTML. */
export const script = String.raw`
(function(){'use strict';
var body=document.body,every=Number(body.dataset.every),history=new Map(),POINTS=90;
var all=function(what,from){return Array.prototype.slice.call((from||document).querySelectorAll(what))};
function draw(svg,points){
  if(!svg||points.length<2)return;
  var most=Math.max.apply(null,points.concat(1)),step=100/(POINTS-1),start=100-step*(points.length-1);
  var path=points.map(function(value,at){return(at?'L':'M')+(start+at*step).toFixed(2)+' '+(18-17*value/most).toFixed(2)}).join('');
  var line=svg.firstChild||svg.appendChild(document.createElementNS('http://www.w3.org/2000/svg','path'));
  svg.setAttribute('viewBox','0 0 100 19');svg.setAttribute('preserveAspectRatio','none');svg.classList.add('on');line.setAttribute('d',path);
}
function note(key,value,svg){
  var points=history.get(key)||[];points.push(value);if(points.length>POINTS)points.shift();history.set(key,points);draw(svg,points);
}
function put(cell,text,detail){
  if(cell.textContent!==text)cell.textContent=text;
  if(cell.title!==detail)cell.title=detail;
}
function show(figures){
  var tiles=all('.tiles dd'),total=0,known=0;
  figures.summary.forEach(function(text,at){if(tiles[at])tiles[at].textContent=text});
  figures.lines.forEach(function(line){
    var row=document.getElementById(line[0]);if(!row)return;known++;
    row.className=row.className.replace(/\b(up|going|down|maint|drain|none)\b/,line[1]);
    var cells=row.children;
    line[3].forEach(function(text,at){put(cells[at+1],text,line[4][at])});
    if(line[0][0]==='f')total+=line[2];
    note(line[0],line[2],row.querySelector('svg'));
  });
  note('',total,document.querySelector('svg.total'));
  filter();
  return known===figures.lines.length&&known===all('tbody tr').length;
}
function look(){
  if(document.hidden)return setTimeout(look,every*1000);
  fetch(body.dataset.live,{credentials:'same-origin',cache:'no-store'}).then(function(answer){
    if(!answer.ok)throw new Error(String(answer.status));
    return answer.json();
  }).then(function(figures){
    body.classList.remove('stale');
    // Servers have come or gone: the tables are others.
    if(!show(figures)&&!document.querySelector('input[name=s]:checked')&&!document.querySelector('.filter input').value)return location.reload();
    setTimeout(look,every*1000);
  }).catch(function(){body.classList.add('stale');setTimeout(look,every*2000)});
}
var box=document.querySelector('.filter'),text=box.querySelector('input'),state=box.querySelector('select');
function fits(row){
  if(!state.value)return true;
  if(state.value==='trouble')return/\b(down|going|maint|drain)\b/.test(row.className);
  return row.classList.contains(state.value);
}
function filter(){
  var wanted=text.value.trim().toLowerCase();
  all('section').forEach(function(section){
    var whole=!wanted||section.dataset.name.indexOf(wanted)>=0,left=0;
    all('tbody tr',section).forEach(function(row){
      var here=fits(row)&&(whole||row.firstChild.textContent.toLowerCase().indexOf(wanted)>=0);
      row.classList.toggle('gone',!here);if(here)left++;
    });
    section.classList.toggle('gone',left===0);
  });
}
box.hidden=false;text.addEventListener('input',filter);state.addEventListener('change',filter);
all('.act .all').forEach(function(label){
  label.hidden=false;
  label.firstChild.addEventListener('change',function(event){
    all('tr:not(.gone) input[name=s]',label.closest('form')).forEach(function(one){one.checked=event.target.checked});
  });
});
all('form').forEach(function(form){form.addEventListener('submit',function(event){
  var action=form.querySelector('select[name=action]'),chosen=form.querySelectorAll('input[name=s]:checked').length;
  if(!action.value||!chosen||!confirm(action.selectedOptions[0].textContent+': '+chosen+' server'+(chosen>1?'s':'')+'?'))event.preventDefault();
})});
if(every>0)setTimeout(look,0);
})();
`;
