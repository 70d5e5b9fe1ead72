"""`python -m ddcl_theory` is `ddcl-verify`."""

from ddcl_theory.cli import main

if __name__ == "__main__":
    main()
