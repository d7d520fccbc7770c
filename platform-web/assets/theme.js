// Runs before the first paint, or a dark night would begin with a white flash. The app keeps the choice up to date.
{
  let chosen = null;
  try {
    chosen = localStorage.getItem('tsukiyo.theme');
  } catch {
    // Storage is closed to this page: the system's choice will do.
  }
  const light = chosen === 'light' || (chosen !== 'dark' && matchMedia('(prefers-color-scheme: light)').matches);
  document.documentElement.dataset.theme = light ? 'light' : 'dark';
}
