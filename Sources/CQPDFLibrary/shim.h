/* Flags only: qpdf's headers are C++ and are read in the target CQPDF alone. */
