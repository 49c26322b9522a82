import { chromium } from 'playwright-core';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const st = JSON.parse(readFileSync('/tmp/haven/world/state.json'));
const links = st.mails.map(m=>m.text.replace(/=\r?\n/g,'').match(/http:\/\/haven\S*\/h\/o\/\S+/)?.[0]).filter(Boolean);
const b = await chromium.launch({ executablePath:'/usr/bin/chromium', args:['--no-sandbox','--headless','--disable-gpu','--host-resolver-rules=MAP haven.localhost 127.0.0.1'] });
const jobs = [['front','http://haven.localhost:21600/'],['read','http://haven.localhost:21600/h/read'],['offer',links[0]],['offer-sv',links[1]],['gone','http://haven.localhost:21600/h/o/AAAAAAAAAAAAAAAAAAAAAA']];
for (const js of [true,false]) for (const w of [360,1280]) {
  const ctx = await b.newContext({ javaScriptEnabled: js, viewport:{ width:w, height:800 }, locale:'nb-NO', colorScheme: 'light' });
  const page = await ctx.newPage(); page.on('console',m=>m.type()==='error'&&console.log('console',m.text())); page.on('pageerror',e=>console.log('pageerror',e));
  for (const [n,u] of jobs) {
    let bytes = 0; const cdp = await ctx.newCDPSession(page); await cdp.send('Network.enable'); cdp.on('Network.loadingFinished',e=>bytes+=e.encodedDataLength);
    const r = await page.goto(u); await page.waitForTimeout(400);
    await page.screenshot({ path:`/tmp/haven/${n}-${w}${js?'':'-nojs'}.png`, fullPage:true });
    let v='-'; { const { frameTree } = await cdp.send('Page.getFrameTree'); const { executionContextId } = await cdp.send('Page.createIsolatedWorld',{frameId:frameTree.frame.id, worldName:'axe'}); await cdp.send('Runtime.evaluate',{expression:axe,contextId:executionContextId}); const x = await cdp.send('Runtime.evaluate',{contextId:executionContextId,awaitPromise:true,returnByValue:true,expression:'axe.run(document).then(r=>r.violations.map(v=>v.id+": "+v.nodes.map(n=>n.html.slice(0,150)).join(" | ")))'}); v = JSON.stringify(x.result.value); 
      }
    const wide = js ? await page.evaluate(()=>document.documentElement.scrollWidth+'/'+innerWidth+' ready='+('ready' in (document.querySelector('#offer')?.dataset??{}))) : '';
    console.log(n,w,js?'js':'nojs',r.status(),bytes+' bytes',wide,v,(await ctx.cookies()).length+' cookies');
    await cdp.detach();
  }
  await ctx.close();
}
await b.close();
