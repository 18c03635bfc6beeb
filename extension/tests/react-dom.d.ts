/** What tests use of React in a page; its types are no part of JupyterLab's own dependencies. */
declare module 'react-dom/client' {
  export interface Root {
    render(element: React.ReactNode): void;
    unmount(): void;
  }
  export function createRoot(host: Element): Root;
}
