// The program of the links_alone_* targets (functions.cmake): whether it links is the test.

int main() { return 0; }
