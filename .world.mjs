// a trial world: fake duty on a unix socket, SMTP catcher, seeded supporters; then makker-haven
import '/tmp/wt/haven/client/node/crypto.js';
import { createServer } from 'node:http';
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync, existsSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { SMTPServer } from 'smtp-server';
import { makeSupporterKeys } from '/tmp/wt/haven/client/node/make-keys.js';
const B = '/tmp/b-haven/src/haven/makker-haven', D = '/tmp/haven/world', PORT = +(process.env.PORT ?? 21600), AT = process.env.AT ?? '2026-11-18T22:40:00+01:00';
rmSync(D, { recursive: true, force: true }); mkdirSync(D, { recursive: true });
const b64 = (b) => Buffer.from(b).toString('base64url');
const people = [], sup = [];
const names = ['Kari Nes','Tariq Ahmed','Marit Sara','Jonas Lind','Agnieszka Wolska','Hamid Bakr','Solveig Eide','Petter Olsen','Åse Ødegård'];
const profs = ['Sykepleier','Lege','Portør','Bioingeniør','Renholder','Ambulansearbeider','Jordmor','Helsefagarbeider','Sykepleier'];
names.forEach((n,i)=>people.push({ id: randomBytes(16), number: 's'+i, name: n, unit: 'Fjordvik HF / Klinikk '+(i%3)+' / '+['Akuttmottaket','Medisinsk avdeling','Driftsavdelingen'][i%3], profession: profs[i], level:'', lang:'nb', email:'s'+i+'@fjordvik.example', phone:'+47000002'+(10+i), staff:false, protected:false, ended:false }));
const aff = ['Ingrid Solli','Mehmet Yilmaz','Björn Åkesson'].map((n,i)=>({ id: randomBytes(16), number:'a'+i, name:n, unit:'Fjordvik HF / Klinikk 0 / Akuttmottaket', profession:'Sykepleier', level:'', lang:['nb','nb','sv'][i], email: i===1?'':'a'+i+'@fjordvik.example', phone:i===2?'':'+47000003'+(10+i), staff:false, protected:false, ended:false }));
people.push(...aff);
const mails = [];
const smtp = new SMTPServer({ authOptional: true, disabledCommands:['STARTTLS','AUTH'], onData(s, _, cb) { let t=''; s.on('data',(d)=>t+=d); s.on('end',()=>{ mails.push({ to: _.envelope.rcptTo.map(r=>r.address), text: t }); cb(); }); } });
await new Promise(r=>smtp.listen(PORT+1,'127.0.0.1',r));
let incident = null; const facts = []; let waiting = [];
const duty = createServer((req,res)=>{
  const u = new URL(req.url,'http://x');
  const send=(o)=>{ res.setHeader('Content-Type','application/json'); res.end(JSON.stringify(o)); };
  if (u.pathname==='/door/1/people') return send(+u.searchParams.get('after')<1 ? { to:1, more:false, people: people.map(p=>({ ...p, id:b64(p.id) })) } : { to:1, more:false, people:[] });
  if (u.pathname==='/door/1/incidents') { const go=()=>send(incident && +u.searchParams.get('after')<1 ? { to:1, more:false, incidents:[incident] } : { to:+u.searchParams.get('after'), more:false, incidents:[] });
    if (incident && +u.searchParams.get('after')<1 || !+u.searchParams.get('wait')) return go(); const t=setTimeout(go, +u.searchParams.get('wait')*1000); waiting.push(()=>{clearTimeout(t);go();}); return; }
  if (u.pathname==='/door/1/facts') { let t=''; req.on('data',d=>t+=d); req.on('end',()=>{ facts.push(t); res.statusCode=204; res.end(); }); return; }
  res.statusCode=404; res.end();
});
await new Promise(r=>duty.listen(D+'/door.sock',r));
writeFileSync(D+'/haven.conf', `workplace = Fjordvik helseforetak\ncountry = no\nlanguage = nb\nzone = Europe/Oslo\nlisten = 127.0.0.1:${PORT}\npublic_url = http://haven.localhost:${PORT}\ndatabase = sqlite:haven.sqlite\ndoor = ${D}/door.sock\nmail_server = 127.0.0.1:${PORT+1}\nmail_tls = none\nmail_from = makker@fjordvik.example\n`);
const run = (...w)=>execFileSync(B, ['--config',D+'/haven.conf','--data',D,'--at',AT,...w],{stdio:'inherit'});
run('init');
const hex=(b)=>`X'${Buffer.from(b).toString('hex')}'`;
const sql=(s)=>execFileSync('sqlite3',[D+'/haven.sqlite',s],{encoding:'utf8'});
const inst = randomBytes(16);
sql(`INSERT INTO setting VALUES ('inst', ${hex(inst)})`);
const keylog=[]; const day=Math.floor(Date.parse(AT)/86400000);
for (const [i,p] of people.slice(0,names.length).entries()) {
  const id=randomBytes(16); const made = await makeSupporterKeys({ inst:new Uint8Array(inst), supporterId:new Uint8Array(id), keylog });
  keylog.push(made.entry); sup.push({ id, made });
  const e=Buffer.from(made.entry);
  sql(`INSERT INTO supporter VALUES (${hex(id)},NULL,'${p.name}','${p.name.split(' ')[0]}','${p.email}','+47 00 00 02 ${10+i}','${p.unit}','${p.profession}','','nb ${['en','ur en','se','sv','pl','ar','en','',''][i]}',${2019+i%6},20000,20000,20000,21500,0,0,0);
  INSERT INTO key_log VALUES (${keylog.length-1},${hex(id)},1,${hex(e.subarray(92,124))},X'${made.keyId}',${hex(e)});`);
  for (let d=0;d<7;d++) sql(i%3===2?`INSERT INTO duty_window VALUES (${hex(id)},${d},1200,1920,1)`:`INSERT INTO duty_window VALUES (${hex(id)},${d},${i%3?600:840},${i%3?1080:1380},0)`);
}
const haven = spawn(B,['--config',D+'/haven.conf','--data',D,...(process.env.REAL?[]:['--at',AT]),'serve'],{stdio:'inherit'});
haven.on('exit',(c)=>{console.log('haven exit',c);process.exit(0)});
setTimeout(()=>{ incident={ id:b64(randomBytes(16)), title:'Alvorlig hendelse på vakt i Akuttmottaket', severity:+(process.env.SEV??1), day: Math.floor(Date.parse(AT)/86400000), unit:aff[0].unit, excluded: aff.map(a=>b64(a.id)), exposures: aff.map(a=>({ id:b64(randomBytes(16)), person:b64(a.id) })) }; waiting.forEach(f=>f()); waiting=[]; }, 1500);
setInterval(()=>writeFileSync(D+'/state.json', JSON.stringify({ mails, facts, inst: inst.toString('hex'), sup: sup.map(s=>({id:b64(s.id), mk: s.made.mk?b64(s.made.mk):null})) },null,1)), 500);
process.on('SIGTERM',()=>{ haven.kill('SIGTERM'); });
setTimeout(()=>haven.kill('SIGTERM'), 1000*(+process.env.LIFE||1500));
