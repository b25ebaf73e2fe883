// The bar above the simulated chat: switches person and room, and notices being left behind.
"use strict";
const bar = document.getElementById("rehearsal-bar");
const who = document.getElementById("rehearsal-who");
const where = document.getElementById("rehearsal-where");
const left = document.getElementById("rehearsal-left");

function go() {
  window.location.assign(`/chat?as=${encodeURIComponent(who.value)}&in=${encodeURIComponent(where.value)}`);
}
who.addEventListener("change", go);
where.addEventListener("change", go);
document.getElementById("rehearsal-return").addEventListener("click", go);

async function look() {
  try {
    const answer = await fetch(`/rehearsal/here?token=${encodeURIComponent(bar.dataset.token)}`, { cache: "no-store" });
    const { live, clock } = await answer.json();
    document.getElementById("rehearsal-clock").textContent = clock;
    left.hidden = live;
  } catch {
    document.getElementById("rehearsal-clock").textContent = "The rehearsal has ended.";
  }
}
setInterval(look, 2000);
