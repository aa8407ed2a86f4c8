const app = document.currentScript.previousElementSibling;
const served = new Map([[app, [...app.childNodes]]]);
for (const walker = document.createTreeWalker(app); walker.nextNode(); ) {
  const it = walker.currentNode;
  served.set(it, it instanceof CharacterData ? it.data : [...it.childNodes]);
}
