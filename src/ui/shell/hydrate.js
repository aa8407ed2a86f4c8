if (matchMedia('(any-pointer: fine)').matches && document.activeElement === document.body)
  document.querySelector('main.chat__main .composer__input')?.focus();
const painted = new Promise((done) => document.hidden ? done() : requestAnimationFrame(() => setTimeout(done)));
if (!early) await painted;
const wasm = early ?? fetch(files.wasm);
const { default: init, hydrate } = await import(files.script);
await init({ module_or_path: wasm });
const added = [];
const isAsSent = (it) => !(it instanceof CharacterData) || it.data === served.get(it);
for (const [node, was] of served) {
  if (typeof was === 'string') {
    if (node.data !== was) node.data = was;
    continue;
  }
  const now = [...node.childNodes];
  const kept = now.filter((it) => served.has(it));
  const isWhole = kept.length === was.length && kept.every((it, at) => it === was[at] && isAsSent(it));
  now.forEach((it, at) => {
    if (served.has(it)) return;
    if (isWhole) added.push([it, node, now.slice(at).find((it) => served.has(it)) ?? null]);
    it.remove();
  });
  if (!isWhole) node.replaceChildren(...was);
}
hydrate();
for (const [it, parent, next] of added)
  if (parent.isConnected) parent.insertBefore(it, next?.parentNode === parent ? next : null);
served.clear();
