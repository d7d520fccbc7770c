// Ticks in a worker: the timers of a page that nobody looks at come once a second, and a recording goes on.

let timer;

onmessage = ({ data: every }) => {
  clearInterval(timer);
  if (every > 0) timer = setInterval(() => postMessage(0), every);
};
