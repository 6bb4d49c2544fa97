"""Programs printed from the derivations by ``attnproof.impl.codegen``; do not edit."""
