import { Html } from './html.js';

export const style = new Html(`
  :root { color-scheme: light dark; --ink: #2b2622; --soft: #6b625a; --line: #e8e0d8; --paper: #fbf8f4; --card: #fff; --accent: #a94d26;
    --on-accent: #fff; --good: #2f6b40 }
  @media (prefers-color-scheme: dark) { :root { --ink: #f0e9e2; --soft: #b3a89e; --line: #453d37; --paper: #1d1916; --card: #282320;
    --accent: #f0a078; --on-accent: #1d1916; --good: #8fd0a0 } }
  * { box-sizing: border-box }
  body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif }
  header { display: flex; gap: 1rem; align-items: center; justify-content: space-between; flex-wrap: wrap;
    padding: 1rem 2rem; background: var(--card); border-bottom: 1px solid var(--line) }
  h1 { font-size: 1.3rem; margin: 0 } h2 { font-size: 1.05rem; margin: 0 0 .75rem }
  main { display: grid; grid-template-columns: minmax(0, 1fr) 21rem; gap: 2rem; max-width: 76rem; margin: 0 auto; padding: 2rem }
  @media (max-width: 60rem) { main { grid-template-columns: minmax(0, 1fr) } }
  section, .panel { background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 1.25rem; margin-bottom: 1.5rem }
  .products { display: grid; grid-template-columns: repeat(auto-fill, minmax(11rem, 1fr)); gap: 1rem }
  .product { border: 1px solid var(--line); border-radius: 10px; padding: 1rem; text-align: center }
  .picture { font-size: 2.6rem; line-height: 1.3 }
  .soft { color: var(--soft); font-size: .88rem }
  form { display: inline-flex; gap: .4rem; flex-wrap: wrap; margin: .15rem 0 }
  input { font: inherit; font-size: .9rem; padding: .35rem .6rem; border: 1px solid var(--line); border-radius: 8px; width: 9.5rem;
    background: var(--card); color: var(--ink) }
  button { font: inherit; font-size: .9rem; padding: .35rem .8rem; border-radius: 8px; border: 1px solid var(--accent);
    background: var(--accent); color: var(--on-accent); cursor: pointer }
  button.quiet { background: var(--card); color: var(--accent) }
  ul { list-style: none; padding: 0; margin: 0 } li { padding: .3rem 0; border-top: 1px solid var(--line) } li:first-child { border: 0 }
  li form { margin-left: .4rem }
  #said { position: fixed; left: 50%; bottom: 1.5rem; transform: translateX(-50%); background: var(--ink); color: var(--paper);
    border-radius: 10px; padding: .6rem 1.1rem; opacity: 0; transition: opacity .2s; pointer-events: none }
  #said.shown { opacity: 1 }
  #feed li { display: flex; justify-content: space-between; font-size: .88rem }
  #feed .delivered { color: var(--good) } #feed .retrying, #feed .parked { color: var(--accent) } #feed .accepted { color: var(--soft) }
  a { color: var(--accent) }
`);
