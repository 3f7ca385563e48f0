/** What came of reading a value: the value in its canonical form, or what is wrong with it and what is allowed. */
export type Parsed<T> = { readonly value: T } | { readonly fault: string };
