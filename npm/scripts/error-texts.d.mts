export function generatedFiles(): { url: URL; content: string }[];
