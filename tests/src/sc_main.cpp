// libsystemc wants this symbol where it is linked, although no test here simulates.
extern "C" int sc_main(int, char**);
int sc_main(int, char**) { return 0; }
