"""Programs printed from the derivations by ``impl.codegen``; do not edit."""
